"""What a list of slides can be asked for."""

from __future__ import annotations

import django_filters

from webapp.slides.models import Slide, SlideQuerySet


class SlideFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?state=ready&state=ready_with_notes&name=liver&owner=me`."""

    state = django_filters.MultipleChoiceFilter(choices=Slide.State.choices)
    name = django_filters.CharFilter(lookup_expr="icontains")
    owner = django_filters.ChoiceFilter(
        choices=(("me", "Mine"), ("others", "Shared with me")), method="of_owner"
    )

    class Meta:
        model = Slide
        fields = ("state", "name", "owner")

    def of_owner(self, slides: SlideQuerySet, _: str, value: str) -> SlideQuerySet:
        """The caller's own, or those of others that the caller sees."""
        mine = {"owner": self.request.user.pk}
        return slides.filter(**mine) if value == "me" else slides.exclude(**mine)
