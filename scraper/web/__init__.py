"""The read-only browser: the archive as pages for people, and as a feed.

Rule 1: nothing is written, and nothing but GET and HEAD is answered.
Rule 2: text from the web is shown as text: templates escape everything, ``shown`` takes out what
steers a page, and the guard's policy lets a page load its own style and pictures alone.
Rule 3: every page works without JavaScript; there is none.
Rule 4: what a page reads is bounded: by its size, never by the archive's.

guard     who may ask what; the headers of every answer
asking    what a query string asks for
shown     text, moments and shares as pages show them
page      values -> HTML
stories  story  compare  revisions  sources  feed      one file for each family of pages
spread    when mirrors came, as places on a scale
naming    who names whom, as places on a drawing
passages  two texts cut into marked pieces
app       joins them
"""
