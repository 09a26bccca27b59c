package pages

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"corbel.example/plugins/modelserving/internal/api"
	"corbel.example/plugins/modelserving/internal/endpoint"
	"corbel.example/plugins/modelserving/internal/invocation"
	"corbel.example/sdk/ui"
)

const (
	// messageField is what the user says now, userField and modelField what was said before, in turns.
	messageField = "message"
	userField    = "u"
	modelField   = "a"
	// maxTurns and maxHistory bound what an address remembers of a chat: turns, and bytes of them.
	maxTurns   = 10
	maxHistory = 6000
)

// The roles of chat messages.
const (
	roleUser  = "user"
	roleModel = "assistant"
)

// message is one of a chat.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// conversation is a chat as the page shows it.
type conversation struct {
	// Page is its address, Invocations and Streams those that its script asks.
	page, invocations, streams string
	endpoint                   string
	messages                   []message
	// failed is why the last message has no answer, and unsent that message.
	failed ui.Component
	unsent string
	ready  bool
}

// chat shows the log and the form. Without script each message is sent with the whole chat in the address, and the model asked once
// for the whole answer.
func (p *Pages) chat(r *http.Request, e *endpoint.Endpoint) (ui.Component, error) {
	query := r.URL.Query()
	c := conversation{
		page: pageOf(e.Name), endpoint: e.Name, ready: e.State.IsReady(), messages: historyOf(query),
		invocations: api.Root + "/endpoints/" + url.PathEscape(e.Name) + "/invocations", streams: api.Root + "/streams/",
	}
	if said := typed(query.Get(messageField)); said != "" {
		now := message{roleUser, ui.Cut(said, maxQuestion)}
		answer, err := p.say(r.Context(), e, append(slices.Clone(c.messages), now))
		if err != nil {
			c.failed, c.unsent = failure(r.Context(), err), said
		} else {
			c.messages = append(c.messages, now, message{roleModel, answer})
		}
	}
	return ui.Card{Title: titleChat, Body: c.markup()}, nil
}

// say asks for the next message.
func (p *Pages) say(ctx context.Context, e *endpoint.Endpoint, messages []message) (string, error) {
	body, err := json.Marshal(map[string]any{"messages": messages})
	if err != nil {
		return "", err
	}
	e, _, err = p.Invoker.Prepare(ctx, e.Name, body)
	if err != nil {
		return "", err
	}
	result, err := p.Invoker.Invoke(ctx, e, body)
	if err != nil {
		return "", err
	}
	var answer struct {
		Choices []struct {
			Message message `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(result.Body, &answer); err != nil || len(answer.Choices) == 0 {
		return "", invocation.Garbage(errors.New("the answer has no choices"))
	}
	return answer.Choices[0].Message.Content, nil
}

// historyOf reads the turns that the address remembers. The earliest go when there are too many.
func historyOf(query url.Values) []message {
	said, answered := query[userField], query[modelField]
	turns := min(len(said), len(answered))
	first, size := turns, 0
	for first > 0 && turns-first < maxTurns {
		size += len(said[first-1]) + len(answered[first-1])
		if size > maxHistory {
			break
		}
		first--
	}
	messages := []message{}
	for i := first; i < turns; i++ {
		messages = append(messages, message{roleUser, typed(said[i])}, message{roleModel, typed(answered[i])})
	}
	return messages
}

// field is the parameter that remembers a message.
func (m message) field() string {
	if m.Role == roleUser {
		return userField
	}
	return modelField
}

func (m message) speaker() string {
	if m.Role == roleUser {
		return textUser
	}
	return textAssistant
}
