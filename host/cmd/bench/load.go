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
}

func (s sample) rate() float64 { return float64(s.requests) / s.elapsed.Seconds() }

// load sends requests to a path over c connections, each as soon as the one before is answered, for a while.
func load(address, path string, c int, duration time.Duration) (sample, error) {
	latencies := make([][]time.Duration, c)
	errs := make([]error, c)
	var group sync.WaitGroup
	begun := time.Now()
	for i := range c {
		group.Go(func() { latencies[i], errs[i] = client(address, path, begun.Add(duration)) })
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
	return sample{requests: len(all), elapsed: elapsed, p50: all[len(all)/2], p99: all[len(all)*99/100]}, nil
}

// client is one connection. It speaks just enough HTTP to cost little beside what it measures.
func client(address, path string, until time.Time) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", address) //nolint:noctx // a local server, and the measurement has an end
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	request := []byte("GET " + path + " HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\nUser-Agent: bench\r\n" +
		"X-Forwarded-User: 1001\r\nX-Forwarded-Email: ana@example.com\r\nX-Forwarded-Preferred-Username: Ana\r\n\r\n")
	r := bufio.NewReaderSize(conn, 8<<10)
	var latencies []time.Duration
	for now := time.Now(); now.Before(until); {
		if _, err := conn.Write(request); err != nil {
			return nil, err
		}
		if err := readResponse(r); err != nil {
			return nil, err
		}
		end := time.Now()
		latencies = append(latencies, end.Sub(now))
		now = end
	}
	return latencies, nil
}

var contentLength = []byte("Content-Length: ")

// readResponse reads one response and discards it. Anything but a 200 with a length is an error.
func readResponse(r *bufio.Reader) error {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("answer is %q", line)
	}
	length := -1
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return err
		}
		if value, ok := bytes.CutPrefix(line, contentLength); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
		if len(line) <= 2 {
			break
		}
	}
	if length < 0 {
		return errors.New("answer without a Content-Length")
	}
	_, err = io.CopyN(io.Discard, r, int64(length))
	return err
}
