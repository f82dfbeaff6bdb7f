"""What every system base does alike: delivery, exit, families, names, wake-ups, capabilities, dead letters.

Pure: events in, effects out. Nothing here does I/O, reads a clock or makes random numbers, so
the same machines run in one process, in many, and in a test under a virtual clock.
"""
