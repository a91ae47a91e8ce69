package simulate

import "time"

// people change the account: between runs, and while pages are read.
type people struct {
	world   *world
	dice    dice
	hurried dice
	last    time.Time // when somebody changed something
}

func newPeople(w *world) *people {
	return &people{world: w, dice: newDice(w.seed, "people"), hurried: newDice(w.seed, "hurry")}
}

// hurry changes something, now and then, when the first answer of a run has just
// been made: in the second in which the watermark will lie. Where Warren goes
// back by some time that is nothing special.
func (p *people) hurry() {
	if p.world.settings.overlap == 0 && p.hurried.chance(40) {
		p.work(1, ", in the second of the question")
	}
}

// work makes n changes. when is "" or what Warren is doing meanwhile.
func (p *people) work(n int, when string) {
	for range n {
		kind, what := p.world.company.change()
		if what == "" {
			continue // there was nothing to change
		}
		p.last = p.world.clock.Now()
		p.world.story.happened(kind, Source, "%s%s", what, when)
		if when != "" {
			p.world.story.count(ChangedMidWalk)
		}
	}
}
