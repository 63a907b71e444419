"""Ablation: the same model with other crops, trained alike and scored alike."""
