{#-
    Seeds are loaded as the files stand. dbt-duckdb lets the CSV reader guess the dialect, and a guess could take the
    register codes `\` for an escape or `#` for a comment; so the dialect is said here and nothing is guessed.
-#}
{%- macro duckdb__load_csv_rows(model, agate_table) -%}
    {%- set path = adapter.get_seed_file_path(model) -%}
    {%- set sql -%}
        copy {{ this.render() }} from '{{ path }}'
        (format csv, auto_detect false, header true, delimiter ',', quote '"', escape '"', nullstr '')
    {%- endset -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{%- endmacro -%}
