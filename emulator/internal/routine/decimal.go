package routine

import (
	"database/sql/driver"
	"fmt"
	"math/big"

	"corbel.example/emulator/internal/dialect"
)

// computeExactly does what DuckDB's decimals are too narrow for: it divides and multiplies
// two decimals, and rounds one to a number of digits. The result, at least, is rounded to
// so many digits behind the point.
func computeExactly(args []driver.Value) (any, error) {
	var texts [3]string
	for i := range texts {
		var err error
		if texts[i], err = argument[string](args, i); err != nil {
			return nil, err
		}
	}
	scale, err := argument[int64](args, 3)
	if err != nil {
		return nil, err
	}
	a, okA := new(big.Rat).SetString(texts[1])
	b, okB := new(big.Rat).SetString(texts[2])
	if !okA || !okB {
		return nil, fmt.Errorf("decimals %q and %q", texts[1], texts[2])
	}
	switch texts[0] {
	case "/", "div":
		if b.Sign() == 0 {
			return nil, dialect.DivideByZero()
		}
		if texts[0] == "div" {
			return roundedText(a.Quo(a, b), 0, truncated), nil
		}
		return roundedText(a.Quo(a, b), scale, halfUp), nil
	case "*":
		return roundedText(a.Mul(a, b), scale, halfUp), nil
	}
	mode, ok := map[string]rounding{"round": halfUp, "bround": halfEven, "ceil": ceiling, "floor": floor}[texts[0]]
	if !ok || !b.IsInt() || !b.Num().IsInt64() {
		return nil, fmt.Errorf("operation %q with %q", texts[0], texts[2])
	}
	digits := b.Num().Int64()
	if digits > scale {
		digits = scale
	}
	return roundedText(a, digits, mode), nil
}

// rounding is a way to round: it says whether the next integer away from zero is the
// result, for a truncated quotient, the sign, and how twice the rest compares with one.
type rounding func(quotient *big.Int, sign, half int, exact bool) bool

func halfUp(_ *big.Int, _, half int, _ bool) bool { return half >= 0 }

func halfEven(quotient *big.Int, _, half int, _ bool) bool {
	return half > 0 || half == 0 && quotient.Bit(0) == 1
}

func truncated(*big.Int, int, int, bool) bool { return false }

func ceiling(_ *big.Int, sign, _ int, exact bool) bool { return sign > 0 && !exact }
func floor(_ *big.Int, sign, _ int, exact bool) bool   { return sign < 0 && !exact }

// maxDigits bounds the digits, on either side of the point, that rounding looks at.
const maxDigits = 400

// roundedText writes a number rounded to so many digits behind the point, or before it
// when the number is negative.
func roundedText(n *big.Rat, digits int64, mode rounding) string {
	digits = max(min(digits, maxDigits), -maxDigits)
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(max(digits, -digits)), nil))
	if digits < 0 {
		power.Inv(power)
	}
	scaled := new(big.Rat).Mul(n, power)
	quotient, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	half := rest.Abs(rest).Lsh(rest, 1).Cmp(scaled.Denom())
	if mode(quotient, scaled.Sign(), half, rest.Sign() == 0) {
		quotient.Add(quotient, big.NewInt(int64(scaled.Sign())))
	}
	return new(big.Rat).Quo(new(big.Rat).SetInt(quotient), power).FloatString(int(max(digits, 0)))
}
