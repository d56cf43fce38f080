"""The only room that joins rooms. It calls things in order; what is decided, is decided elsewhere.

add         an address a person names -> a source, after asking whether it is one or has one
watchlist   the sources of config.toml, and of other readers' lists -> the archive
backfill    what a site's sitemaps list from before it was watched -> pages to ask for
work        what is due, or what a person named
run         the pass over it: many hosts at a time
announce    a source is asked for news
gathering   its document, whatever its kind, is read
sitemaps    and those that an index of sitemaps names
site_rules  what the config says of single sites
archiving   a page is asked for, and what came of it is archived
imports     files -> ingest, in batches
import_line a line of a file -> an Article, ready to be filed
held_lines  lines that wait for the rest of an import
ingest      one Article -> new, a revision, or there already
masking     which of its lines are its site's
matching    its keys, relations and stories, inside the same transaction
following   a source that a story names and we do not hold -> a page to ask for
decisions   what a person decides -> the stories that follow
rebuilding  fingerprints and stories, made again from what is stored
forgetting  an article, and all that was known of it
explaining  why two articles are, or are not, one story
checking    whether a text is a copy of something archived; stores nothing
pace        when a source or page is asked again, and what a failure makes of it
parsing     strangers' bytes, beside the event loop
lanes       one thing at a time for each host
hosts       what politeness remembers
ledger      what every transaction of a pass has in common
report      what a pass did
"""
