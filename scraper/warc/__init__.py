"""Anybody's WARC files: what other programs crawled. Our own are written by ``store.warc``.

records    a file -> its records, damaged ones passed over
response   a record's HTTP response -> the page's decoded bytes, within the fetcher's bounds

Neither warcio 1.8 nor fastwarc 2.0 goes on behind a damaged record. Of a file of 983 pages with
one place damaged in its middle third, they read 330 to 492, half of the time without a word, and
one that was cut they gave as if it were whole. This reads 982 and tells of the one. It takes 0.5 ms
for a page of 180 KB, a little more than warcio, where fastwarc takes 0.25; reading the article in
it takes 3 ms. `make bench-peers` measures it.
"""
