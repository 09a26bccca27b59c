package supervisor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"time"
)

// The bounds of one log record of a plugin.
const (
	// maxMessage is the longest message in bytes.
	maxMessage = 16 << 10
	// maxAttrs is how many attributes a record keeps.
	maxAttrs = 64
	// maxAttrDepth is how deep objects are taken apart; deeper ones are logged as their JSON text.
	maxAttrDepth = 4
	// maxClockSkew is how far a record's time may be from the host's; beyond it the host's is used.
	maxClockSkew = time.Minute
)

// reservedKeys are the host's own: a plugin's attribute of that name gets the prefix attr_.
var reservedKeys = map[string]bool{
	"plugin": true, "timestamp": true, "level": true, "message": true, slog.TimeKey: true, slog.MessageKey: true,
}

// emit writes one record to the host's log.
func emit(handler slog.Handler, at time.Time, level slog.Level, message string, attrs []slog.Attr) {
	// A record of a plugin belongs to no context of the host: what it says of its request is in its attributes.
	ctx := context.Background()
	if !handler.Enabled(ctx, level) {
		return
	}
	now := time.Now()
	if skew := now.Sub(at); skew > maxClockSkew || skew < -maxClockSkew {
		at = now
	}
	record := slog.NewRecord(at, level, clip(printable(message), maxMessage), 0)
	record.AddAttrs(attrs...)
	// A log that cannot be written has nowhere to say so.
	_ = handler.Handle(ctx, record)
}

// attrsFrom returns the members of a JSON object as attributes. What is not an object becomes one attribute.
func attrsFrom(object json.RawMessage) []slog.Attr {
	if len(bytes.TrimSpace(object)) == 0 {
		return nil
	}
	members, err := membersOf(object)
	if err != nil {
		return []slog.Attr{slog.String("attributes", clip(printable(string(object)), maxMessage))}
	}
	return attrsOf(members)
}

func attrsOf(members []member) []slog.Attr {
	attrs := make([]slog.Attr, 0, min(len(members), maxAttrs+1))
	for i, m := range members {
		if i == maxAttrs {
			return append(attrs, slog.Int("attributes_dropped", len(members)-maxAttrs))
		}
		key := printable(m.key)
		if reservedKeys[key] {
			key = "attr_" + key
		}
		attrs = append(attrs, slog.Attr{Key: key, Value: valueOf(m.value, 1)})
	}
	return attrs
}

// valueOf returns a JSON value as a log value.
func valueOf(raw json.RawMessage, depth int) slog.Value {
	switch raw[0] {
	case '"':
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return slog.StringValue(clip(printable(text), maxMessage))
		}
	case 't', 'f':
		return slog.BoolValue(raw[0] == 't')
	case 'n':
		return slog.AnyValue(nil)
	case '{':
		members, err := membersOf(raw)
		if err != nil || depth >= maxAttrDepth {
			break
		}
		group := make([]slog.Attr, 0, min(len(members), maxAttrs))
		for _, m := range members[:min(len(members), maxAttrs)] {
			group = append(group, slog.Attr{Key: printable(m.key), Value: valueOf(m.value, depth+1)})
		}
		return slog.GroupValue(group...)
	case '[':
	default:
		if n, err := json.Number(raw).Int64(); err == nil {
			return slog.Int64Value(n)
		}
		if f, err := json.Number(raw).Float64(); err == nil {
			return slog.Float64Value(f)
		}
	}
	return slog.StringValue(clip(printable(string(raw)), maxMessage))
}

// member is one key of a JSON object with its value.
type member struct {
	key   string
	value json.RawMessage
}

// membersOf takes a JSON object apart, in its order.
func membersOf(object json.RawMessage) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	var members []member
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, errors.New("not a JSON object")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		members = append(members, member{name, value})
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("more than one JSON value")
	}
	return members, nil
}

// parsedLine is a line of a plugin's output that is a log record in JSON, such as slog's JSONHandler writes.
type parsedLine struct {
	at      time.Time
	level   slog.Level
	message string
	attrs   []slog.Attr
}

// parseLine recognises a JSON object that has a level and a message under one of their usual names.
func parseLine(line []byte) (parsedLine, bool) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] != '{' {
		return parsedLine{}, false
	}
	members, err := membersOf(line)
	if err != nil {
		return parsedLine{}, false
	}
	var p parsedLine
	var hasLevel, hasMessage bool
	rest := members[:0]
	for _, m := range members {
		var text string
		isText := json.Unmarshal(m.value, &text) == nil && m.value[0] == '"'
		taken := false
		switch strings.TrimPrefix(m.key, "@") {
		case "level", "severity":
			if isText && !hasLevel {
				p.level, taken = parseLevel(text)
				hasLevel = taken
			}
		case "msg", "message":
			if isText && !hasMessage {
				p.message, taken, hasMessage = text, true, true
			}
		case "time", "timestamp":
			// A time that makes no sense is not worth a line: the host's own takes its place.
			if isText {
				p.at, _ = time.Parse(time.RFC3339Nano, text)
				taken = true
			}
		}
		if !taken {
			rest = append(rest, m)
		}
	}
	if !hasLevel || !hasMessage {
		return parsedLine{}, false
	}
	p.attrs = attrsOf(rest)
	return p, true
}

// parseLevel knows slog's names ("WARN", "INFO+2") and those of other loggers.
func parseLevel(name string) (slog.Level, bool) {
	switch strings.ToLower(name) {
	case "trace":
		return slog.LevelDebug - 4, true
	case "warning":
		return slog.LevelWarn, true
	case "fatal", "panic", "dpanic", "critical":
		return slog.LevelError, true
	}
	var level slog.Level
	return level, level.UnmarshalText([]byte(name)) == nil
}
