"""Limits and duties: functions over the whole plan."""
