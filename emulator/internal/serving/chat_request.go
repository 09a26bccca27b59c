package serving

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultMaxTokens   = 256
	maxMaxTokens       = 8192
	defaultMinTokens   = 40
	defaultTemperature = 1.0
	maxTemperature     = 2.0
	maxStops           = 4
	maxPromptTokens    = 16_384
)

const (
	roleAssistant = "assistant"
	roleUser      = "user"
)

var roles = []string{"system", roleUser, roleAssistant}

// chatRequest is what a chat is asked for.
type chatRequest struct {
	messages             []chatMessage
	maxTokens, minTokens int
	temperature          float64
	seed                 *uint64
	stop                 []string
	stream               bool
}

// topic is the text that the answer is about: the last message of the user.
func (c *chatRequest) topic() string {
	for _, message := range slices.Backward(c.messages) {
		if message.Role == roleUser {
			return message.Content
		}
	}
	return ""
}

// readChat reads a request and checks it. Fields that it doesn't know mean nothing to this model.
func readChat(body []byte) (*chatRequest, error) {
	fields, err := readObject(body)
	if err != nil {
		return nil, err
	}
	c := &chatRequest{maxTokens: defaultMaxTokens, minTokens: defaultMinTokens, temperature: defaultTemperature}
	if c.messages, err = readMessages(fields["messages"]); err != nil {
		return nil, err
	}
	for _, read := range []error{
		optional(fields, "max_tokens", "an integer from 1 to "+strconv.Itoa(maxMaxTokens), &c.maxTokens, func(n int) bool { return n >= 1 && n <= maxMaxTokens }),
		optional(fields, "min_tokens", "an integer from 0 to "+strconv.Itoa(maxMaxTokens), &c.minTokens, func(n int) bool { return n >= 0 && n <= maxMaxTokens }),
		optional(fields, "temperature", "a number from 0 to 2", &c.temperature, func(t float64) bool { return t >= 0 && t <= maxTemperature }),
		optional(fields, "seed", "an integer of 0 or more", &c.seed, func(*uint64) bool { return true }),
		optional(fields, "stream", "true or false", &c.stream, func(bool) bool { return true }),
		optional(fields, "n", "1: this model gives one answer", new(int), func(n int) bool { return n == 1 }),
	} {
		if read != nil {
			return nil, read
		}
	}
	c.stop, err = readStops(fields["stop"])
	return c, err
}

// optional reads a field that may be absent or null.
func optional[T any](fields map[string]json.RawMessage, name, want string, to *T, valid func(T) bool) error {
	raw := fields[name]
	if raw == nil || string(raw) == "null" {
		return nil
	}
	var value T
	if json.Unmarshal(raw, &value) != nil || !valid(value) {
		return wrong("/"+name, "must be %s", want)
	}
	*to = value
	return nil
}

func readMessages(raw json.RawMessage) ([]chatMessage, error) {
	const field = "/messages"
	if raw == nil {
		return nil, wrong(field, "is missing: send an array of messages")
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		return nil, wrong(field, "must be an array of at least one message")
	}
	messages := make([]chatMessage, len(list))
	for i, item := range list {
		at := field + "/" + strconv.Itoa(i)
		var message struct {
			Role    string          `json:"role"`
			Content json.RawMessage `json:"content"`
		}
		if json.Unmarshal(item, &message) != nil {
			return nil, wrong(at, `must be an object with "role" and "content"`)
		}
		if !slices.Contains(roles, message.Role) {
			return nil, wrong(at+"/role", "must be one of %s", strings.Join(roles, ", "))
		}
		content, err := readContent(at+"/content", message.Content)
		if err != nil {
			return nil, err
		}
		messages[i] = chatMessage{Role: message.Role, Content: content}
	}
	return messages, nil
}

// readContent reads a text, or an array of parts of type text.
func readContent(field string, raw json.RawMessage) (string, error) {
	var text *string
	if raw != nil && json.Unmarshal(raw, &text) == nil && text != nil {
		return *text, nil
	}
	var parts []struct {
		Type string  `json:"type"`
		Text *string `json:"text"`
	}
	if raw == nil || json.Unmarshal(raw, &parts) != nil || len(parts) == 0 {
		return "", wrong(field, "must be a string")
	}
	var all strings.Builder
	for i, part := range parts {
		if part.Type != "text" || part.Text == nil {
			return "", wrong(field+"/"+strconv.Itoa(i), `must be of type "text": this model reads nothing else`)
		}
		all.WriteString(*part.Text)
	}
	return all.String(), nil
}

// readStops reads a text at which the answer ends, or an array of them.
func readStops(raw json.RawMessage) ([]string, error) {
	if raw == nil || string(raw) == "null" {
		return nil, nil
	}
	var stop string
	stops := []string{}
	if json.Unmarshal(raw, &stop) == nil {
		stops = append(stops, stop)
	} else if json.Unmarshal(raw, &stops) != nil {
		return nil, wrong("/stop", "must be a string or an array of strings")
	}
	if len(stops) > maxStops || slices.Contains(stops, "") {
		return nil, wrong("/stop", "must be up to %d texts that aren't empty", maxStops)
	}
	return stops, nil
}
