package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// sample is the outcome of one measurement.
type sample struct {
	requests int
	elapsed  time.Duration
	p50, p99 time.Duration
	bytes    int64 // of all bodies
}

// ask is what the clients ask for.
type ask struct {
	path string
	gzip bool
}

func (s sample) rate() float64 { return float64(s.requests) / s.elapsed.Seconds() }

// load sends requests over c connections, each as soon as the one before is answered, for a while.
func load(address string, what ask, c int, duration time.Duration) (sample, error) {
	latencies := make([][]time.Duration, c)
	bodies := make([]int64, c)
	errs := make([]error, c)
	var group sync.WaitGroup
	begun := time.Now()
	for i := range c {
		group.Go(func() { latencies[i], bodies[i], errs[i] = client(address, what, begun.Add(duration)) })
	}
	group.Wait()
	elapsed := time.Since(begun)
	if err := errors.Join(errs...); err != nil {
		return sample{}, err
	}
	all := slices.Concat(latencies...)
	slices.Sort(all)
	if len(all) == 0 {
		return sample{}, errors.New("no request was answered")
	}
	got := sample{requests: len(all), elapsed: elapsed, p50: all[len(all)/2], p99: all[len(all)*99/100]}
	for _, n := range bodies {
		got.bytes += n
	}
	return got, nil
}

// client is one connection. It speaks just enough HTTP to cost little beside what it measures.
func client(address string, what ask, until time.Time) (latencies []time.Duration, bodies int64, err error) {
	conn, err := net.Dial("tcp", address) //nolint:noctx // a local server, and the measurement has an end
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close()
	encoding := ""
	if what.gzip {
		encoding = "Accept-Encoding: gzip\r\n"
	}
	request := []byte("GET " + what.path + " HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\nUser-Agent: bench\r\n" + encoding +
		"X-Forwarded-User: 1001\r\nX-Forwarded-Email: ana@example.com\r\nX-Forwarded-Preferred-Username: Ana\r\n\r\n")
	r := bufio.NewReaderSize(conn, 8<<10)
	for now := time.Now(); now.Before(until); {
		if _, err := conn.Write(request); err != nil {
			return nil, 0, err
		}
		n, err := readResponse(r)
		if err != nil {
			return nil, 0, err
		}
		end := time.Now()
		latencies = append(latencies, end.Sub(now))
		bodies += n
		now = end
	}
	return latencies, bodies, nil
}

var (
	contentLength = []byte("Content-Length: ")
	chunked       = []byte("Transfer-Encoding: chunked")
)

// readResponse reads one response and discards it. Anything but a whole 200 is an error.
func readResponse(r *bufio.Reader) (int64, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
		return 0, fmt.Errorf("answer is %q", line)
	}
	length, inChunks := int64(-1), false
	for len(line) > 2 {
		if line, err = r.ReadSlice('\n'); err != nil {
			return 0, err
		}
		if value, ok := bytes.CutPrefix(line, contentLength); ok {
			if length, err = strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64); err != nil {
				return 0, err
			}
		}
		inChunks = inChunks || bytes.HasPrefix(line, chunked)
	}
	switch {
	case inChunks:
		return readChunks(r)
	case length < 0:
		return 0, errors.New("answer without a length")
	default:
		return io.CopyN(io.Discard, r, length)
	}
}

// readChunks reads a body in chunks, and its trailer.
func readChunks(r *bufio.Reader) (total int64, err error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return total, err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return total, err
		}
		if size == 0 {
			break
		}
		if _, err := io.CopyN(io.Discard, r, size+2); err != nil {
			return total, err
		}
		total += size
	}
	for {
		line, err := r.ReadSlice('\n')
		if err != nil || len(line) <= 2 {
			return total, err
		}
	}
}
