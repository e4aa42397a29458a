"""How does a program use it? REST under /api/v1/, which mounts every question of `answers`."""
