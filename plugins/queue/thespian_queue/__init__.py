"""multiprocQueueBase: a process for each actor, over queues that processes inherit."""
