"""scraper archives news once: one canonical article per story, beside all its mirrors.

Words, one per thing, in code, tables, logs and help:

Source       a publication we watch: a feed, a sitemap or a listing page
FeedEntry    a link that a source announced
Page         one address, however many URLs lead to it
Request      one HTTP exchange and how it ended
Snapshot     the bytes got from a page at one moment
Article      text and metadata read from snapshots of a page
Revision     one text of an article, the current one included
Fingerprint  keys of a revision, with the version of the code that made them
Relation     a verified, directed claim between two articles: kind, coverage, passages
Attribution  a page naming where its text came from
Story        articles joined by relations
Canonical    a story's chosen member
Mirror       every other member
Cursor       a moment of an archive, from which on changes are told
Tombstone    a story that is no more, as changes tell it
Site         a registrable domain; for an IP address or a single label, host:port
Host         scheme, name and port as dialled; politeness and robots.txt go by it

The pipeline, and the rooms in which it happens::

    Source --fetch--> Snapshot --discover--> FeedEntry        what is new?
    FeedEntry --store--> Page --fetch--> Snapshot             ask for it, politely
    Snapshot --extract--> Article --store--> Revision         read it, keep it
    Revision --match--> Fingerprint --store--> candidates     who might be a copy?
    candidates --match--> Relation --match--> Story           who is, and which came first?
    Story --export, cli--> files and tables

Imports point one way: cli and demo -> schedule, web -> metrics -> pipeline, export -> fetch, store,
worker -> warc -> discover, extract, match -> urls, dates, typed, config, clock, body -> model,
errors. Rooms side by side meet only in ``pipeline``; ``tests/test_import_order.py`` holds this.
"""
