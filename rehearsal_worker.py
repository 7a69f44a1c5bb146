"""The worker of rehearsals in virtual time: what a case opens begins at the case's own instant.

Production needs no such worker: there one clock is everybody's, and `worker.py` opens cases by
signal-with-start.
"""

import worker
from casedesk.conductor import Conductors
from casedesk.exits import leave

if __name__ == "__main__":
    leave(worker.main(Conductors))
