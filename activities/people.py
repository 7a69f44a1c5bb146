"""The one channel on which people are called: an apprise address of the shop's own choosing."""

import warnings

import apprise
from temporalio.exceptions import ApplicationError


class PeopleChannel:
    """Lark, DingTalk, WeCom, Slack, mail, …: whatever the address names."""

    def __init__(self, address: str | None) -> None:
        """Open the channel.

        Args:
            address: An apprise address; None where nobody is to be called.

        Raises:
            ValueError: The address is not one that apprise understands.
        """
        self._apprise = apprise.Apprise()
        with warnings.catch_warnings():
            # The first address loads every plug-in; what those use of Python is not ours to mend.
            warnings.simplefilter("ignore", DeprecationWarning)
            known = not address or self._apprise.add(address)
        if not known:
            raise ValueError("the people address is not one that apprise understands")
        self.is_open = bool(address)

    async def call(self, *, title: str, body: str) -> None:
        """Tell people something.

        Raises:
            ApplicationError: The channel did not take it; retryable.
        """
        if not self.is_open:
            return
        if not await self._apprise.async_notify(title=title, body=body):
            raise ApplicationError("the people channel did not take the call", type="PeopleAway")
