"""Folders worth making: groups of videos that are alike and fit no folder, and what each could be called."""
