"""Which address shows which page of the operators."""

from __future__ import annotations

from django.urls import path

from influencr.service.admin.views import members, overview, queues

__all__ = ["urlpatterns"]

urlpatterns = [
    path("admin", overview.overview, name="staff"),
    path("admin/members", members.members, name="staff-members"),
    path("admin/members/<int:pk>", members.member, name="staff-member"),
    path("admin/sources", overview.sources, name="staff-sources"),
    path("admin/removals", overview.removals, name="staff-removals"),
    path("admin/cases", queues.cases, name="staff-cases"),
    path("admin/cases/<int:number>", queues.case, name="staff-case"),
    path("admin/jobs", overview.jobs_view, name="staff-jobs"),
    path("admin/jobs/again", queues.try_again, name="staff-again"),
    path("admin/log", overview.log, name="staff-log"),
]
