"""A whole corpus clustered at once: articles in Parquet -> relations and stories in Parquet.

    plan      the order of it: what is joined by SQL, what is asked of `match`
    steps     what `match` says of rows, batch by batch                        pure
    tables    the columns of each table on the way
    stories   relations -> stories, by `match.story` as ever                   pure
    engine    what a machine for tables must know; `duckdb` and `spark` are two
    files     what is read and written, and what can be wrong with it

The rules are those of an archive, whose `rebuild` gives the same: an engine only finds who shares a
key. Every article is compared with earlier ones (of smaller ids) alone, and a key that more than
`READ_MOST` of these hold tells as little here as there.
"""
