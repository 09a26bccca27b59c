package model

import "math/rand/v2"

// random makes a source of numbers that the seed decides: the same seed, the same model or text.
func random(seed uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // for samples that can be repeated, not for secrets
}
