package files

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"corbel.example/emulator/internal/statefile"
)

const (
	stateFile = "files.json"

	// MaxSize bounds a file, in bytes.
	MaxSize = 200 << 20
	// maxObjects bounds the files and folders of a workspace.
	maxObjects = 10_000
	// firstID is the id of the first object.
	firstID = 4_000_000_000_000_001
)

// The reasons why something can't be done.
var (
	ErrNotFound    = errors.New("does not exist")
	ErrNoParent    = errors.New("the folder above does not exist")
	ErrExists      = errors.New("exists already")
	ErrNotEmpty    = errors.New("is not empty")
	ErrIsDirectory = errors.New("is a folder")
	ErrIsFile      = errors.New("is a file")
	ErrProtected   = errors.New("belongs to the workspace")
	ErrTooMany     = errors.New("the workspace holds too many files")
)

// Object is a file or a folder.
type Object struct {
	ID        int64     `json:"id"`
	Path      string    `json:"path"`
	Directory bool      `json:"directory,omitempty"`
	Size      int64     `json:"size,omitempty"`
	Digest    string    `json:"digest,omitempty"` // SHA-256 of what is in it
	Created   time.Time `json:"created"`
	Modified  time.Time `json:"modified"`
}

// Store keeps the files. It is safe for concurrent use.
type Store struct {
	path  string
	blobs blobs

	mu      sync.RWMutex
	objects map[string]Object // by path
	nextID  int64
}

// state is the form of the state file.
type state struct {
	NextID  int64    `json:"next_id"`
	Objects []Object `json:"objects"`
}

// Open reads what is kept in dir, an existing folder.
func Open(dir string) (*Store, error) {
	s := &Store{path: filepath.Join(dir, stateFile), blobs: blobs(filepath.Join(dir, "files")), objects: map[string]Object{}}
	kept := state{NextID: firstID}
	if err := statefile.Read(s.path, &kept); err != nil {
		return nil, fmt.Errorf("open files: %w", err)
	}
	if err := s.blobs.open(); err != nil {
		return nil, fmt.Errorf("open files: %w", err)
	}
	s.nextID = kept.NextID
	for _, o := range kept.Objects {
		s.objects[o.Path] = o
	}
	for _, folder := range []string{Users, Shared} {
		if _, err := s.Mkdirs(folder); err != nil {
			return nil, fmt.Errorf("open files: %w", err)
		}
	}
	return s, nil
}

// Find returns the object at a path, which must be clean.
func (s *Store) Find(name string) (Object, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o, ok := s.objects[name]
	return o, ok
}

// ByID returns the object of an id.
func (s *Store) ByID(id int64) (Object, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, o := range s.objects {
		if o.ID == id {
			return o, true
		}
	}
	return Object{}, false
}

// List returns what is in a folder, by name.
func (s *Store) List(folder string) []Object {
	return s.collect(func(o Object) bool { return o.Path != Root && path.Dir(o.Path) == folder })
}

// Tree returns everything beneath a folder, by path.
func (s *Store) Tree(folder string) []Object {
	return s.collect(func(o Object) bool { return beneath(o.Path, folder) })
}

func (s *Store) collect(keep func(Object) bool) []Object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := []Object{}
	for _, o := range s.objects {
		if keep(o) {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b Object) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// Mkdirs makes a folder and those above it that are missing, and returns the ones it made,
// the outermost first.
func (s *Store) Mkdirs(name string) (made []Object, err error) {
	err = s.update(func(tx *tx) error {
		for _, folder := range slices.Backward(append([]string{name}, Ancestors(name)...)) {
			if o, ok := tx.objects[folder]; ok {
				if !o.Directory {
					return fmt.Errorf("%s: %w", folder, ErrIsFile)
				}
				continue
			}
			made = append(made, tx.add(Object{Path: folder, Directory: true}))
		}
		return nil
	})
	return made, err
}

// Write makes a file of what is read, or replaces what is in it.
func (s *Store) Write(name string, from io.Reader, overwrite bool) (Object, error) {
	// Checked before the content is read, and again when it is there.
	if err := writable(s.Find, name, overwrite); err != nil {
		return Object{}, err
	}
	blob, err := s.blobs.receive(from)
	if err != nil {
		return Object{}, err
	}
	defer blob.discard()
	var written Object
	err = s.update(func(tx *tx) error {
		if err := writable(tx.find, name, overwrite); err != nil {
			return err
		}
		if err := blob.keep(); err != nil {
			return err
		}
		o, ok := tx.objects[name]
		o.Path, o.Size, o.Digest, o.Modified = name, blob.size, blob.digest, now()
		if ok {
			tx.objects[name] = o
			written = o
		} else {
			written = tx.add(o)
		}
		return nil
	})
	return written, err
}

func writable(find func(string) (Object, bool), name string, overwrite bool) error {
	if parent, ok := find(path.Dir(name)); !ok || !parent.Directory {
		return ErrNoParent
	}
	o, ok := find(name)
	switch {
	case ok && o.Directory:
		return ErrIsDirectory
	case ok && !overwrite:
		return ErrExists
	}
	return nil
}

// Delete removes a file or a folder and returns what is gone.
func (s *Store) Delete(name string, recursive bool) (gone []Object, err error) {
	if name == Root || name == Users || name == Shared {
		return nil, ErrProtected
	}
	err = s.update(func(tx *tx) error {
		if _, ok := tx.objects[name]; !ok {
			return ErrNotFound
		}
		for p, o := range tx.objects {
			if p == name || beneath(p, name) {
				gone = append(gone, o)
				delete(tx.objects, p)
			}
		}
		if len(gone) > 1 && !recursive {
			return ErrNotEmpty
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return gone, nil
}

// Read opens what is in files of a digest.
func (s *Store) Read(digest string) (io.ReadCloser, error) {
	f, err := os.Open(s.blobs.path(digest))
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	return f, nil
}

// Sweep deletes what is in no file any more and of which keep doesn't ask to hold on to it.
func (s *Store) Sweep(keep func(digest string) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := map[string]bool{}
	for _, o := range s.objects {
		used[o.Digest] = true
	}
	return s.blobs.sweep(func(name string) bool {
		return used[name] || keep(name) || strings.HasPrefix(name, receivingPrefix)
	})
}

// tx is a change that is not yet made.
type tx struct {
	objects map[string]Object
	nextID  int64
}

func (tx *tx) find(name string) (Object, bool) {
	o, ok := tx.objects[name]
	return o, ok
}

func (tx *tx) add(o Object) Object {
	o.ID, o.Created, o.Modified = tx.nextID, now(), now()
	tx.nextID++
	tx.objects[o.Path] = o
	return o
}

func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// update makes a change when it can be made and written.
func (s *Store) update(change func(*tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := &tx{objects: maps.Clone(s.objects), nextID: s.nextID}
	if err := change(next); err != nil {
		return err
	}
	if maps.Equal(next.objects, s.objects) {
		return nil
	}
	if len(next.objects) > maxObjects && len(next.objects) > len(s.objects) {
		return ErrTooMany
	}
	kept := state{NextID: next.nextID, Objects: make([]Object, 0, len(next.objects))}
	for _, name := range slices.Sorted(maps.Keys(next.objects)) {
		kept.Objects = append(kept.Objects, next.objects[name])
	}
	if err := statefile.Write(s.path, kept); err != nil {
		return fmt.Errorf("keep files: %w", err)
	}
	s.objects, s.nextID = next.objects, next.nextID
	return nil
}
