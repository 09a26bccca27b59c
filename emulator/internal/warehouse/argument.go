package warehouse

import (
	"context"
	"strings"

	"corbel.example/emulator/internal/dialect"
)

// checkArguments checks that every argument's value is one of its type, whether the statement
// gets to use it or not.
func (x *run) checkArguments(ctx context.Context, args []dialect.Argument) error {
	var typed []dialect.Argument
	var checks []string
	for _, a := range args {
		if check := a.Check(); check != "" {
			typed, checks = append(typed, a), append(checks, check)
		}
	}
	if len(checks) == 0 {
		return nil
	}
	if err := x.exec(ctx, "SELECT "+strings.Join(checks, ", ")); err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	for i, check := range checks {
		if err := x.exec(ctx, "SELECT "+check); err != nil {
			return typed[i].Malformed()
		}
	}
	return nil
}
