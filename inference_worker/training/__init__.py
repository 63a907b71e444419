"""Fine-tune jobs: each trainer is a process of its own, watched from here.

Nothing here loads a model, so that a crash or a lack of memory ends a job alone.
"""
