"""How do people meet it in a browser? The Django project: pages, settings, the server process.

Nothing below this folder knows that it exists, and `import influencr` never loads it.
"""
