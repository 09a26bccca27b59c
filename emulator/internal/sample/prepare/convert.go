package main

import (
	"fmt"
	"math/big"
	"strconv"
	"time"
)

// missing answers NULL for the word by which a source says that a value is not known.
func missing(word string) func(string) (string, error) {
	return func(value string) (string, error) {
		if value == word {
			return "", nil
		}
		return value, nil
	}
}

// decimal writes a number with so many digits after the point, rounding halves away from zero.
func decimal(digits int) func(string) (string, error) {
	return func(value string) (string, error) {
		number, ok := new(big.Rat).SetString(value)
		if !ok {
			return "", fmt.Errorf("%q is not a number", value)
		}
		return number.FloatString(digits), nil
	}
}

// thousands turns a number of thousands into a number.
func thousands(value string) (string, error) {
	number, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(number*1000, 10), nil
}

// oneOf replaces words; a word that is not listed is an error.
func oneOf(words map[string]string) func(string) (string, error) {
	return func(value string) (string, error) {
		word, ok := words[value]
		if !ok {
			return "", fmt.Errorf("%q is none of the expected words", value)
		}
		return word, nil
	}
}

// boolean turns the two words into false and true; any other is an error.
func boolean(no, yes string) func(string) (string, error) {
	return oneOf(map[string]string{no: "false", yes: "true"})
}

// day keeps the date of an RFC 3339 time.
func day(value string) (string, error) {
	instant, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return "", err
	}
	return instant.Format(time.DateOnly), nil
}

// unixMillis turns milliseconds since 1970 into a timestamp of whole seconds.
func unixMillis(value string) (string, error) {
	millis, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return "", err
	}
	return time.UnixMilli(millis).UTC().Format(time.DateTime), nil
}
