package warehouse

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// The driver asks DuckDB for materialized results: the whole of a result is in memory before
// its first row is read. DuckDB has a call that streams, and the driver makes its calls through
// variables of a package of its own. So a query that is marked gets the other call. All that
// there is of this is here; docs/adr/0005-streaming-duckdb-results.md tells why.

// mark stands before a query to stream, with a number that ends at the next NUL. No statement
// has one: DuckDB never sees it.
const mark = "\x00stream "

// preparation collects what the driver's calls for a marked query tell.
type preparation struct {
	connection mapping.Connection
	statement  mapping.PreparedStatement
	streams    bool
}

var (
	lastMark atomic.Int64
	marked   sync.Map // mark with number → *preparation
	// preparing and prepared hold the preparations by DuckDB's pointer to their connection, which
	// nobody else uses meanwhile, and to their statement.
	preparing, prepared sync.Map
)

// newPreparation marks a query. The preparation must be forgotten before the driver closes the
// statement.
func newPreparation(query string) (p *preparation, markedQuery string, forget func()) {
	p = &preparation{}
	key := mark + strconv.FormatInt(lastMark.Add(1), 10)
	marked.Store(key, p)
	return p, key + "\x00" + query, func() {
		marked.Delete(key)
		preparing.CompareAndDelete(p.connection.Ptr, p)
		prepared.CompareAndDelete(p.statement.Ptr, p)
	}
}

// errOtherDriver says that the driver's calls are not what this file builds on.
var errOtherDriver = errors.New("this version of duckdb-go does not run queries by ExtractStatements, PrepareExtractedStatement and PendingPrepared of its package mapping: see docs/adr/0005-streaming-duckdb-results.md")

func init() {
	mapping.ExtractStatements = func(c mapping.Connection, query string, out *mapping.ExtractedStatements) mapping.IdxT {
		if strings.HasPrefix(query, mark) {
			key, rest, _ := strings.Cut(query[1:], "\x00")
			if p, ok := marked.Load("\x00" + key); ok {
				p.(*preparation).connection = c
				preparing.Store(c.Ptr, p)
				query = rest
			}
		}
		return bindings.ExtractStatements(c, query, out)
	}
	mapping.PrepareExtractedStatement = func(c mapping.Connection, all mapping.ExtractedStatements, i mapping.IdxT, out *mapping.PreparedStatement) mapping.State {
		state := bindings.PrepareExtractedStatement(c, all, i, out)
		if p, ok := preparing.LoadAndDelete(c.Ptr); ok && state == mapping.StateSuccess {
			p.(*preparation).statement = *out
			prepared.Store(out.Ptr, p)
		}
		return state
	}
	mapping.PendingPrepared = func(s mapping.PreparedStatement, out *mapping.PendingResult) mapping.State {
		if p, ok := prepared.Load(s.Ptr); ok {
			p.(*preparation).streams = true
			return bindings.PendingPreparedStreaming(s, out)
		}
		return bindings.PendingPrepared(s, out)
	}
	mapping.FetchChunk = func(r mapping.Result) mapping.DataChunk {
		chunk := bindings.FetchChunk(r)
		if chunk.Ptr == nil {
			if message := bindings.ResultError(&r); message != "" {
				panic(&fetchError{message})
			}
		}
		return chunk
	}
}

// fetchError is the failure of a stream. The driver takes the missing chunk for the end of the
// rows; a panic carries the error past it, to [stream.next].
type fetchError struct{ message string }

func (e *fetchError) Error() string { return e.message }
