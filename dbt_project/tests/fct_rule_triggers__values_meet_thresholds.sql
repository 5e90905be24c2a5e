-- What: in every row the measure meets the rule's threshold, the episode contains the day on which it did, and the
--   sentence has no gap left in it.
-- When it matters: letters and returns to the local authority are sent because of these rows.
-- How to mend: compare the rule's comparison and unit in rule_steps with the model of its family (int_trigger_…), and
--   the words in braces in rule_evidence with those that fct_rule_triggers fills in.
select
    triggers.school_urn,
    triggers.rule_id,
    triggers.triggered_on
from {{ ref("fct_rule_triggers") }} as triggers
left join {{ ref("rule_steps") }} as steps on triggers.rule_id = steps.rule_id
where
    -- a hair's breadth for shares that come out of a division
    not coalesce(case steps.comparison
        when 'at_least' then triggers.value >= triggers.threshold - 1e-9
        when 'more_than' then triggers.value > triggers.threshold
        when 'less_than' then triggers.value < triggers.threshold
    end, false)
    or triggers.triggered_on not between triggers.first_session_date and triggers.last_session_date
    or strpos(triggers.evidence, '{') > 0
