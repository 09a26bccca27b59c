package statement

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/databricks/databricks-sdk-go/client"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

// maxKeptManifests bounds what is remembered of external results: columns and chunks.
const maxKeptManifests = 200_000

// Manifest is what there is to know of an external result.
type Manifest struct {
	ID        string
	State     State
	Columns   []Column
	RowCount  int64
	Truncated bool
	chunks    []span
}

func manifestOf(r *response) *Manifest {
	m := &Manifest{
		ID: r.ID, State: r.Status.State, Columns: r.Manifest.Schema.Columns,
		RowCount: r.Manifest.RowCount, Truncated: r.Manifest.Truncated, chunks: r.Manifest.Chunks,
	}
	if len(m.chunks) == 0 && m.RowCount > 0 {
		// All that is known is where it begins.
		m.chunks = []span{{RowCount: m.RowCount}}
	}
	return m
}

func (m *Manifest) weight() uint32 {
	return uint32(len(m.Columns)+len(m.chunks)) + 1 //nolint:gosec // bounded by the size of an answer
}

var errStillRunning = errors.New("the statement is still running")

// Describe returns what there is to know of one of the user's own statements. While it runs it has a state alone; one that failed
// gives its failure.
func (r *Runner) Describe(ctx context.Context, id string) (*Manifest, error) {
	c, err := r.clientFor(ctx, id)
	if err != nil {
		return nil, err
	}
	state := Running
	m, err := r.manifests.Get(ctx, id, func(ctx context.Context) (*Manifest, error) {
		answer, err := r.fetch(ctx, c, id)
		if err != nil {
			return nil, err
		}
		if _, err := answer.outcome(); err != nil {
			return nil, err
		}
		if answer.running() {
			state = answer.Status.State
			return nil, errStillRunning // not to be kept
		}
		return manifestOf(answer), nil
	})
	if errors.Is(err, errStillRunning) {
		return &Manifest{ID: id, State: state}, nil
	}
	return m, err
}

// Scan reads the rows of an external result from one on, chunk after chunk, each as it comes. The end of ctx ends it; the caller
// closes the Scanner.
func (r *Runner) Scan(ctx context.Context, m *Manifest, from int64) *Scanner {
	s := &Scanner{ctx: ctx, runner: r, manifest: m}
	for i := range m.chunks {
		if c := m.chunks[i]; from < c.RowOffset+c.RowCount {
			s.chunk, s.skip = &m.chunks[i].Index, max(0, from-c.RowOffset)
			break
		}
	}
	return s
}

// Scanner goes through the rows of a result. It is for one goroutine.
type Scanner struct {
	ctx      context.Context //nolint:containedctx // a Scanner is a call under way
	runner   *Runner
	client   *client.DatabricksClient
	manifest *Manifest

	chunk  *int  // the one to open next, nil after the last
	skip   int64 // rows of it that nobody wants
	cells  *cells
	body   io.ReadCloser
	inline [][]*string // of a chunk that came with its description
	row    []*string
	err    error
}

// Next goes to the next row. It returns false after the last, and when the result cannot be read on: see Err.
func (s *Scanner) Next() bool {
	for s.err == nil {
		more, err := s.advance()
		switch {
		case err != nil:
			s.err = s.explain(err)
			return false
		case more && s.skip > 0:
			s.skip--
		case more:
			return true
		case s.chunk == nil:
			return false
		default:
			s.err = s.open()
		}
	}
	return false
}

// advance goes to the next row of the open chunk.
func (s *Scanner) advance() (bool, error) {
	s.row = nil
	if len(s.inline) > 0 {
		s.row, s.inline = s.inline[0], s.inline[1:]
		return true, s.fits(len(s.row))
	}
	if s.cells == nil {
		return false, nil
	}
	more, err := s.cells.next()
	if err == nil && more {
		return true, s.fits(s.cells.len())
	}
	s.Close()
	return false, err
}

func (s *Scanner) fits(values int) error {
	if values != len(s.manifest.Columns) {
		return fmt.Errorf("a row has %d values for %d columns", values, len(s.manifest.Columns))
	}
	return nil
}

// Value returns a value of the row as Databricks writes it; ok is false for NULL. It is good until Next.
func (s *Scanner) Value(column int) (text []byte, ok bool) {
	if s.row == nil {
		return s.cells.value(column)
	}
	if s.row[column] == nil {
		return nil, false
	}
	return []byte(*s.row[column]), true
}

// Err is why there was no next row: nil after the last.
func (s *Scanner) Err() error { return s.err }

// Close ends the reading.
func (s *Scanner) Close() {
	if s.body != nil {
		_ = s.body.Close() // read as far as it matters
	}
	s.body, s.cells = nil, nil
}

// open goes to the next chunk. A link that does not work any more is asked for anew, once.
func (s *Scanner) open() error {
	index := *s.chunk
	found, err := s.locate(index)
	if err != nil {
		return err
	}
	s.chunk = found.Next
	if len(found.Links) == 0 {
		s.inline = found.Cells
		return nil
	}
	s.chunk = found.Links[0].Next
	body, err := s.runner.links.open(s.ctx, found.Links[0].URL)
	if err != nil && s.ctx.Err() == nil {
		if found, err = s.locate(index); err == nil && len(found.Links) > 0 {
			body, err = s.runner.links.open(s.ctx, found.Links[0].URL)
		}
	}
	if err != nil {
		return s.explain(err)
	}
	s.body, s.cells = body, newCells(body)
	return nil
}

// locate asks where a chunk is.
func (s *Scanner) locate(index int) (*chunk, error) {
	if s.client == nil {
		c, err := s.runner.clientFor(s.ctx, s.manifest.ID)
		if err != nil {
			return nil, err
		}
		s.client = c
	}
	var answer chunk
	err := workspace.Do(s.ctx, s.client, workspace.Call{
		Op: "unitycatalog.chunk", Method: http.MethodGet, Answer: &answer,
		Path: statementPath(s.manifest.ID) + "/result/chunks/" + strconv.Itoa(index),
	})
	if err != nil {
		return nil, expired(ownOnly(err))
	}
	return &answer, nil
}

// explain makes a fault of what happened while a chunk was read.
func (s *Scanner) explain(err error) error {
	var known *fault.Error
	switch {
	case errors.As(err, &known):
		return err
	case s.ctx.Err() != nil:
		return fault.From(s.ctx.Err()).WithOp("unitycatalog.scan")
	default:
		return fault.Wrap(fault.Unavailable, err, "A part of the result could not be read. Try again in a moment.").
			WithCode("RESULT_UNREADABLE").WithOrigin(workspace.Origin).WithOp("unitycatalog.scan")
	}
}

// expired says of a statement that is the user's what is missing.
func expired(err error) error {
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	return fault.Wrap(fault.NotFound, err, "The result is no longer kept. Run the statement again.").WithCode(CodeClosed).WithOp("unitycatalog.scan")
}
