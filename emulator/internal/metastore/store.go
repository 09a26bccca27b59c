package metastore

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"corbel.example/emulator/internal/principal"
)

const (
	stateFile = "metastore.json"
	// formatVersion is written into the file, so that a later program knows what it reads.
	formatVersion = 1
)

// Store keeps the metastore's state and its file. It is safe for concurrent use:
// readers never wait, changes happen one after another.
type Store struct {
	path    string
	changes sync.Mutex
	current atomic.Pointer[Snapshot]
}

// Open reads the state kept in dir, an existing folder. Where there is none it starts
// empty, owned by the group of administrators.
func Open(dir string) (*Store, error) {
	s := &Store{path: filepath.Join(dir, stateFile)}
	data, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		s.current.Store(newSnapshot(newID(), principal.Admins))
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open metastore: %w", err)
	}
	snapshot, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("open metastore %s: %w: move the state folder away to start anew", s.path, err)
	}
	s.current.Store(snapshot)
	return s, nil
}

// Snapshot returns the present state.
func (s *Store) Snapshot() *Snapshot { return s.current.Load() }

// Update makes a change: all that change does to the transaction, or nothing when it
// returns an error or the state can't be written. The change is on disk when Update returns.
func (s *Store) Update(change func(*Tx) error) error {
	s.changes.Lock()
	defer s.changes.Unlock()
	next := s.current.Load().clone()
	if err := change(&Tx{Snapshot: next}); err != nil {
		return err
	}
	data, err := encode(next)
	if err != nil {
		return fmt.Errorf("write metastore: %w", err)
	}
	if err := replaceFile(s.path, data); err != nil {
		return fmt.Errorf("write metastore: %w", err)
	}
	s.current.Store(next)
	return nil
}

// document is the file's form.
type document struct {
	Version   int         `json:"version"`
	ID        string      `json:"id"`
	Owner     string      `json:"owner"`
	Catalogs  []*Catalog  `json:"catalogs"`
	Schemas   []*Schema   `json:"schemas"`
	Tables    []*Table    `json:"tables"`
	Functions []*Function `json:"functions,omitempty"`
	Volumes   []*Volume   `json:"volumes,omitempty"`
	Grants    []Grant     `json:"grants"`
}

func encode(s *Snapshot) ([]byte, error) {
	all := func(Name) bool { return true }
	doc := document{
		Version: formatVersion, ID: s.id, Owner: s.owner,
		Catalogs: sorted(s.catalogs, all), Schemas: sorted(s.schemas, all), Tables: sorted(s.tables, all),
		Functions: sorted(s.functions, all), Volumes: sorted(s.volumes, all),
	}
	for _, n := range sortedKeys(s.grants) {
		doc.Grants = append(doc.Grants, s.Grants(n)...)
	}
	return json.MarshalIndent(doc, "", " ")
}

func decode(data []byte) (*Snapshot, error) {
	var doc document
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if doc.Version != formatVersion {
		return nil, fmt.Errorf("format version %d, this program reads %d", doc.Version, formatVersion)
	}
	s := newSnapshot(doc.ID, doc.Owner)
	for _, c := range doc.Catalogs {
		s.catalogs[c.FullName()] = c
	}
	for _, c := range doc.Schemas {
		s.schemas[c.FullName()] = c
	}
	for _, t := range doc.Tables {
		s.tables[t.FullName()] = t
	}
	for _, f := range doc.Functions {
		s.functions[f.FullName()] = f
	}
	for _, v := range doc.Volumes {
		s.volumes[v.FullName()] = v
	}
	for _, g := range doc.Grants {
		s.grants[g.On] = append(s.grants[g.On], g)
	}
	return s, nil
}

// replaceFile writes data beside path, syncs it, renames it over path and syncs the
// folder: at any moment path holds the old content or the new.
func replaceFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(append(data, '\n'))
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func newID() string { return uuid.NewString() }
