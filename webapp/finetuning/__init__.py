"""Fine-tune jobs: asked for here, carried out by the training worker."""
