"""A walk in which orders are moved into other partitions between any two steps."""

from tests.ledger import people
from tests.ledger.actions import DESTINATIONS
from tests.ledger.clock import World
from tests.ledger.layouts import decided
from tests.ledger.moving import SCRATCH, opened, partition
from tests.ledger.walk import NUMBERS, Act, Walk
from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import Layout, Stage
from workers.ledger.layout.parcels import Parcels
from workers.ledger.layout.stages import moving, settled, widened
from workers.ledger.repartition.passage import Passage
from workers.ledger.repartition.preparation import prepare

#: Numbers of partitions that the ledger gets, one after the other.
COUNTS = (4, 1, 3, 2)


class MovingWalk(Walk):
    """Equal seeds take equal steps.

    Attributes:
        settled: how often all orders were at home.
    """

    def __init__(self, world: World, seed: int) -> None:
        super().__init__(world, seed)
        self.settled = 0
        self.parcels = Parcels(world.scripts, DESTINATIONS)
        world.places._finish = self.parcels.finish

    @property
    def layout(self) -> Layout:
        return self.world.places.layout

    def ways(self) -> tuple[tuple[Act, float], ...]:
        """Those of any walk, and those of who moves orders."""
        return (*super().ways(), (self.carry, 6), (self.go_on_moving, 3))

    def step(self, act: Act) -> None:
        with opened(self.world):
            act()
        with opened(self.world):
            self.actions.looks(claiming=act in {self.claim, self.release})

    def carry(self) -> None:
        """An order is packed, or comes home; whoever does it may die in between."""
        number = self.dice.choice(NUMBERS)
        former = self.layout.former(number)
        if former is None:
            return
        match self.dice.choice(("pack", "finish", "all", "unpack")):
            case "pack":
                self.parcels.pack(former, number, self.layout, self.refs(number))
            case "finish":
                self.parcels.finish(number, self.layout)
            case "all":
                some = {number: self.refs(number)}
                self.parcels.carry(former, some, self.layout, all_named=True)
            case _:
                self.dies_before_the_parcel_goes(former, number)

    def refs(self, number: str) -> list[str]:
        """Of all deliveries that it ever had."""
        made = self.actions.judge.made.get(number, ())
        return [keys.delivery_ref(one.id) for one in made]

    def dies_before_the_parcel_goes(self, former: int, number: str) -> None:
        root = keys.prefix(former)
        kept = self.world.redis.get(layout_keys.parcel(root, number))
        if kept is not None:
            self.parcels.finish(number, self.layout)
            self.world.redis.set(layout_keys.parcel(root, number), kept)
            self.world.redis.sadd(layout_keys.parcels(root), number)

    def go_on_moving(self) -> None:
        """The next stage, if the one before has come to its end."""
        match self.layout.stage:
            case Stage.SETTLED:
                goal = COUNTS[self.settled % len(COUNTS)]
                self.decide(widened(self.layout, goal))
            case Stage.WIDENING:
                prepare(self.world.scripts, self.layout)
                self.decide(moving(self.layout, 0))
                prepare(self.world.scripts, self.layout)
            case _:
                passage = Passage(
                    self.world.redis,
                    self.parcels,
                    self.layout,
                    lambda *_: None,
                    sleep=lambda _: None,
                )
                passage.look()
                if not passage.look().found():
                    self.decide(settled(self.layout, 10**15))
                    self.settled += 1

    def decide(self, after: Layout) -> None:
        self.world.places.layout = decided(self.world.redis, after)

    def report(self) -> None:
        """Some report late: what they are about may have moved meanwhile."""
        self.follow_hints()
        super().report()

    def follow_hints(self) -> None:
        made = self.actions.made
        for n, one in enumerate(made):
            number = self.actions.judge.number(one.ref)
            place = partition(self.world, number, one.ref)
            made[n] = one.at(place)

    def spoil(self) -> None:
        """No record that is in a parcel."""
        number = self.dice.choice(NUMBERS)
        if partition(self.world, number) != SCRATCH:
            people.spoil(self.actions, number)

    def heal(self) -> None:
        """All orders come home first, since nobody works in a parcel."""
        for place in range(self.layout.width):
            waiting = self.parcels.waiting(place)
            self.parcels.finish_all(place, waiting, self.layout)
        super().heal()
        while self.layout.is_moving:
            self.go_on_moving()

    def forget(self) -> None:
        """Only what is at home: what is left of an order follows it later."""
        number = self.dice.choice(NUMBERS)
        if self.layout.former(number) is None:
            people.forget(self.actions, number)
