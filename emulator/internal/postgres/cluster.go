package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	// Superuser is the role that owns the cluster. Nobody but this package logs in as it.
	Superuser = "databricks_control_plane"
	// Database is the database of every new cluster.
	Database = "databricks_postgres"

	// MaxConnections is how many sessions there may be, beside our own.
	MaxConnections = 100
	ownConnections = 5

	initTimeout = 2 * time.Minute

	configFile = "postgresql.conf"
	accessFile = "pg_hba.conf"
	socketName = ".s.PGSQL.5432"
	// maxSocketPath is the longest path of a unix socket that every system takes.
	maxSocketPath = 100
)

// settings are the server's. They make it small: this is one developer's machine. They don't
// make it forget: fsync, synchronous_commit and full_page_writes are on.
const settings = `
listen_addresses = ''
port = 5432
unix_socket_directories = '%s'
unix_socket_permissions = 0700
max_connections = %d
superuser_reserved_connections = %d
password_encryption = 'scram-sha-256'
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = 16MB
wal_buffers = 1MB
max_wal_size = 256MB
min_wal_size = 32MB
max_wal_senders = 0
max_replication_slots = 0
max_worker_processes = 2
max_logical_replication_workers = 0
max_parallel_workers = 2
autovacuum_max_workers = 1
jit = off
huge_pages = off
timezone = 'UTC'
log_timezone = 'UTC'
client_connection_check_interval = 2s
restart_after_crash = on
logging_collector = off
log_destination = 'stderr'
log_line_prefix = ''
log_checkpoints = off
# Messages of statements hold users' data, and have no place in a log.
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
`

// access lets in whoever has a password, by SCRAM, through the socket and nowhere else.
const access = "local all all scram-sha-256\n"

// cluster is the database cluster in a place.
type cluster struct {
	*place
	installation Installation
	environ      []string
	sockets      string // the folder of the socket
}

// clusterMajor returns the major version that made the data in a place; 0 if there is none.
func clusterMajor(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s is damaged: %w", data, err)
	}
	return major, nil
}

// prepare makes what the server needs to start: data, settings, the socket's folder.
func (c *cluster) prepare(ctx context.Context) error {
	if _, err := os.Stat(c.data()); errors.Is(err, fs.ErrNotExist) {
		if err := c.initialize(ctx); err != nil {
			return fmt.Errorf("initialize database cluster: %w", err)
		}
	} else if err != nil {
		return err
	}
	if err := c.account.MakeFolder(c.sockets); err != nil {
		return err
	}
	// They are not in the data folder, which is the account's: root writes nothing there.
	text := fmt.Sprintf(settings, c.sockets, MaxConnections+ownConnections, ownConnections) + systemSettings
	return errors.Join(c.write(configFile, text), c.write(accessFile, access))
}

func (c *cluster) write(name, text string) error {
	path := c.path(name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // no secret, and the account must read it
		return err
	}
	return os.Chmod(path, 0o644) //nolint:gosec // the same, whatever the umask is
}

// initialize runs initdb. A folder that it did not finish never becomes the data folder.
func (c *cluster) initialize(ctx context.Context) error {
	unfinished, secret := c.path("data.new"), c.path("verifier")
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	if err := c.account.MakeFolder(unfinished); err != nil {
		return err
	}
	// What is written is no password: only a proof that somebody has it.
	if err := c.write(filepath.Base(secret), deriveKeys(c.Key, Superuser).verifier()+"\n"); err != nil {
		return err
	}
	args := []string{
		"--pgdata=" + unfinished, "--username=" + Superuser, "--pwfile=" + secret, "--auth=scram-sha-256",
		"--encoding=UTF8", "--no-sync", "--no-instructions",
	}
	args = append(args, locale(c.installation.Major)...)
	ctx, cancel := context.WithTimeout(ctx, initTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.installation.program("initdb"), args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr, cmd.WaitDelay = c.dir, c.environ, attributes(c.account), time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", cmd.Path, err, lastLine(out.Bytes()))
	}
	return errors.Join(os.Rename(unfinished, c.data()), os.Remove(secret))
}

// locale says to sort by code points and to know the letters of Unicode, wherever it runs.
func locale(major int) []string {
	switch {
	case major >= 17:
		return []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
	case runtime.GOOS == "linux":
		return []string{"--locale=C.UTF-8"}
	default:
		return []string{"--locale=C"}
	}
}

// socket is where the server listens.
func (c *cluster) socket() string { return filepath.Join(c.sockets, socketName) }

// placeSocket chooses the socket's folder: in the place, unless its path is too long for a
// socket. What is made elsewhere is removed by the function that it returns.
func (c *cluster) placeSocket() (remove func() error, err error) {
	c.sockets = c.path(socketFolder)
	if len(c.socket()) <= maxSocketPath {
		return func() error { return nil }, nil
	}
	if c.sockets, err = os.MkdirTemp("/tmp", "corbel-postgres-"); err != nil { // TMPDIR may be long, too
		return nil, err
	}
	return func() error { return os.RemoveAll(c.sockets) }, nil
}
