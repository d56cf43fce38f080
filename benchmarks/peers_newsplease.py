"""news-please's extraction for `peers.py`, run by a Python that has it: a WARC's name on each line
of stdin, and on stdout how many articles it found in it and the CPU seconds that took.
"""

from __future__ import annotations

import logging
import sys
import time
import warnings
from contextlib import suppress

from newsplease import NewsPlease
from warcio.archiveiterator import ArchiveIterator


def read(path: str) -> int:
    """How many pages of the file have a text by news-please."""
    found = 0
    with open(path, "rb") as file:  # noqa: PTH123 - as its documentation has it
        for record in ArchiveIterator(file):
            html = record.content_stream().read()
            url = record.rec_headers.get_header("WARC-Target-URI")
            with suppress(Exception):  # what it raises is its failure, and counts as no text
                article = NewsPlease.from_html(html, url=url, fetch_images=False)
                found += bool(article and article.maintext)
    return found


warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
for line in sys.stdin:
    begun = time.process_time()
    count = read(line.strip())
    print(count, time.process_time() - begun, flush=True)
