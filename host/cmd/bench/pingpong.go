package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"time"

	"corbel.example/sdk/wire"
)

// rolePong is the process that sends back what it gets.
const rolePong = "pong"

const (
	pingBytes = 300
	pings     = 5000
)

// pinger is the near end of a socket whose far end is another process.
type pinger struct {
	conn net.Conn
	cmd  *exec.Cmd
}

func startPinger(executable string) (*pinger, error) {
	conn, far, err := wire.Pair()
	if err != nil {
		return nil, err
	}
	defer far.Close()
	cmd := exec.Command(executable, "-role", rolePong) //nolint:noctx // it ends with its socket
	cmd.ExtraFiles = []*os.File{far}
	cmd.Stderr = os.Stderr
	return &pinger{conn: conn, cmd: cmd}, cmd.Start()
}

func (p *pinger) stop() error { return errors.Join(p.conn.Close(), p.cmd.Wait()) }

// measure returns the median of many round trips of 300 bytes.
func (p *pinger) measure() (time.Duration, error) {
	buf := make([]byte, pingBytes)
	times := make([]time.Duration, pings)
	for i := range times {
		begun := time.Now()
		if _, err := p.conn.Write(buf); err != nil {
			return 0, err
		}
		if _, err := io.ReadFull(p.conn, buf); err != nil {
			return 0, err
		}
		times[i] = time.Since(begun)
	}
	slices.Sort(times)
	return times[pings/2], nil
}

func runPong() error {
	conn, err := wire.FileConn(wire.LinkFD, "socket to the pinger")
	if err != nil {
		return err
	}
	buf := make([]byte, pingBytes)
	for {
		if _, err := io.ReadFull(conn, buf); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("pong: %w", err)
		}
		if _, err := conn.Write(buf); err != nil {
			return fmt.Errorf("pong: %w", err)
		}
	}
}
