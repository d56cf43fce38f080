"""The only room that joins rooms. It calls things in order; what is decided, is decided elsewhere.

add      an address a person names -> a Source, after asking whether it is a feed or has one
run      what is due -> fetch -> discover or extract -> ingest: one pass, many hosts at a time
imports  files -> ingest, in batches
ingest   one Article -> revision, keys, relations, stories: inside one transaction
lanes    one thing at a time for each host, many hosts at a time
pace     when a source or page is asked again, and what a failure makes of it
"""
