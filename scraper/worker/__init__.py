"""Strangers' bytes are parsed in processes that can be killed.

parser    runs pure functions in workers, some at a time; the room's door. It is imported where
          there is something to parse: a run with nothing due does without
process   one worker as its parent sees it: started, asked, killed
limits    what one document may take
wire      what goes between the two: frames, and values of the model
__main__  the worker itself

Rule 1: a worker is started as a new program, never forked: it shares no memory, lock or open file
with the process that holds the archive.
Rule 2: the kernel ends what takes too much, not code that the document may have hold of.
Rule 3: a worker that ended while it had a document is that document's fault; one that ended while
it had none is nobody's, and is replaced.
"""
