package traffic

import (
	"math"
	"math/bits"
	"time"
)

// A histogram has eight slots for each doubling of the duration, from 16 µs up to over a minute: what a slot holds is known to 6 %.
const (
	parts    = 3 // 1<<parts slots for each doubling
	lowest   = 4 // durations below 1<<lowest µs share one slot
	highest  = 27
	slots    = (highest-lowest)<<parts + 2
	topSlot  = slots - 1
	partMask = 1<<parts - 1
)

// slotOf returns the slot of a duration.
func slotOf(d time.Duration) int {
	us := uint64(max(0, d.Microseconds()))
	exponent := bits.Len64(us) - 1
	switch {
	case exponent < lowest:
		return 0
	case exponent >= highest:
		return topSlot
	}
	return 1 + (exponent-lowest)<<parts + int(us>>(exponent-parts))&partMask //nolint:gosec // masked
}

// middleOf returns the duration that stands for a slot.
func middleOf(slot int) time.Duration {
	switch slot {
	case 0:
		return (1 << lowest) / 2 * time.Microsecond
	case topSlot:
		return (1 << highest) * time.Microsecond
	}
	exponent := (slot-1)>>parts + lowest
	octave := time.Microsecond << exponent
	part := octave >> parts
	begin := octave + part*time.Duration((slot-1)&partMask)
	return begin + part/2
}

// quantile returns the duration that a share of the total does not exceed.
func quantile(all *[slots]uint32, total int, share float64) time.Duration {
	if total == 0 {
		return 0
	}
	rank := int(math.Ceil(share * float64(total)))
	seen := 0
	for slot, n := range all {
		if seen += int(n); seen >= rank {
			return middleOf(slot)
		}
	}
	return middleOf(topSlot)
}
