select
    school.slug,
    school.school_name,
    place.place_order,
    finding.finding,
    coalesce(
        names.display_name, upper(left(finding.finding, 1)) || replace(substr(finding.finding, 2), '_', ' ')
    ) as finding_label,
    names.what_to_do,
    finding.severity,
    cast(if(finding.severity = 'error', 1, 2) as integer) as severity_order,
    finding.first_date,
    finding.last_date,
    cast(finding.rows as bigint) as rows
from {{ ref("fct_quality_findings") }} as finding
left join {{ ref("findings") }} as names on finding.finding = names.finding
left join {{ ref("dim_school") }} as school on finding.school_urn = school.school_urn
left join {{ ref("int_place_schools") }} as place
    on finding.school_urn = place.school_urn and place.place_type = 'school'
left join {{ ref("int_findings_codes") }} as codes
    on finding.school_urn = codes.school_urn and finding.finding = codes.finding
cross join {{ ref("stg_trust") }} as trust
-- What codes say of a few pupils is not for everybody who may see this list; their school finds it in fct_code_checks.
where coalesce(codes.pupils >= {{ rule_value("suppression_minimum_pupils", "trust.as_of") }}, true)
