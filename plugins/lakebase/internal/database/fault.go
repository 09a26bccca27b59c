package database

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"corbel.example/sdk/fault"
)

// retryAfter is when a client may ask again that found the database away.
const retryAfter = 2 * time.Second

// errExhausted marks a wait for a connection that took too long.
var errExhausted = errors.New("no connection became free in time")

// SQLSTATEs (PostgreSQL's documentation, appendix A) that matter here.
const (
	invalidAuthorization = "28000"
	invalidPassword      = "28P01"
	queryCanceled        = "57014"
	UniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlock             = "40P01"
)

// refusedToken returns the token that the database did not accept, if that is what err says.
func refusedToken(err error) (token string, refused bool) {
	var connect *pgconn.ConnectError
	var answer *pgconn.PgError
	if !errors.As(err, &connect) || !errors.As(err, &answer) || answer.Code != invalidPassword && answer.Code != invalidAuthorization {
		return "", false
	}
	return connect.Config.Password, true
}

// unsent says whether a statement failed before it can have reached the database.
func unsent(err error) bool {
	var connect *pgconn.ConnectError
	return !errors.As(err, &connect) && !errors.Is(err, errExhausted) && pgconn.SafeToRetry(err)
}

// classify makes a fault of an error of the database. Faults, and other people's errors, stay as they are.
func classify(ctx context.Context, err error) error {
	var (
		known   *fault.Error
		connect *pgconn.ConnectError
		answer  *pgconn.PgError
		network net.Error
	)
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errExhausted):
		return away(err, "The database is busy. Try again in a moment.").WithCode("DATABASE_BUSY")
	case errors.As(err, &connect):
		return away(err, "")
	case errors.As(err, &answer):
		return ofAnswer(answer)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &network), pgconn.SafeToRetry(err), brokenOff(err):
		return away(err, "")
	default:
		return err
	}
}

// brokenOff knows the error of a connection that pgx had closed already, which has no type.
func brokenOff(err error) bool { return strings.Contains(err.Error(), "conn closed") }

func away(err error, message string) *fault.Error {
	if message == "" {
		message = "The database is not available right now. Nothing was saved. Try again in a moment."
	}
	return fault.Wrap(fault.Unavailable, err, message).WithCode("DATABASE_UNAVAILABLE").WithOrigin("lakebase").WithRetryAfter(retryAfter)
}

// ofAnswer classifies by SQLSTATE, of which the first two characters are the class.
func ofAnswer(e *pgconn.PgError) error {
	switch e.Code {
	case queryCanceled:
		return fault.Wrap(fault.Timeout, e, "The database took too long.").WithOrigin("lakebase")
	case serializationFailure, deadlock:
		return fault.Wrap(fault.Conflict, e, "Somebody else was changing the same thing. Try again.").WithOrigin("lakebase")
	}
	switch e.Code[:min(2, len(e.Code))] {
	case "08", "53", "57", "58": // connection, resources, operator intervention, system
		return away(e, "")
	default:
		return e
	}
}

// Violates says whether err is the violation of a unique constraint of that name.
func Violates(err error, constraint string) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code == UniqueViolation && answer.ConstraintName == constraint
}
