"""Anybody's WARC files: what other programs crawled. Our own are written by ``store.warc``.

records    a file -> its records, damaged ones passed over
response   a record's HTTP response -> the page's decoded bytes, within the fetcher's bounds

Neither warcio 1.8 nor fastwarc 2.0 goes on behind a damaged record. Of 983 pages in a file with one
wrong byte, a missing or a strange stretch in its middle they read 330 to 492, half of the time
without a word, and gave a record that is cut as if it were whole. This reads 982 and tells of the
one. It takes 0.45 ms for a page of 180 KB, as warcio does, where fastwarc takes 0.25; reading a
page's article takes 3 ms. (`benchmarks/peers.py --damage` measures it.)
"""
