package serving

import (
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"corbel.example/emulator/internal/model"
)

// chat answers in the form of OpenAI's chat completions, as Databricks does:
// https://docs.databricks.com/machine-learning/foundation-model-apis/api-reference#chat-task
type chat struct {
	name      string
	generator *model.Generator
}

type chatMessage struct {
	Role    string `json:"role,omitempty"`
	Content string `json:"content"`
}

type choice struct {
	Index        int          `json:"index"`
	Message      *chatMessage `json:"message,omitempty"`
	Delta        *chatMessage `json:"delta,omitempty"`
	FinishReason *string      `json:"finish_reason"`
}

// completion is an answer, or a piece of one.
type completion struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	Created int64    `json:"created"`
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *usage   `json:"usage,omitempty"`
}

func (m *chat) Invoke(body []byte) (Answer, error) {
	request, err := readChat(body)
	if err != nil {
		return Answer{}, err
	}
	seed := rand.Uint64() //nolint:gosec // a text is no secret
	if request.seed != nil {
		seed = *request.seed
	}
	prompt, err := m.countPrompt(request.messages)
	if err != nil {
		return Answer{}, err
	}
	r := &reply{
		promptTokens: prompt,
		text: m.generator.Begin(request.topic(), model.TextOptions{
			Temperature: request.temperature, Seed: seed, MinTokens: min(request.minTokens, request.maxTokens),
		}),
		maxTokens: request.maxTokens, stop: request.stop,
	}
	head := completion{ID: "chatcmpl-" + uuid.NewString(), Created: time.Now().Unix(), Model: m.name}
	if request.stream {
		return Answer{Events: r.events(head)}, nil
	}
	return Answer{Value: r.whole(head)}, nil
}

// countPrompt returns how many tokens the messages have.
func (m *chat) countPrompt(messages []chatMessage) (tokens int, err error) {
	for _, message := range messages {
		tokens += m.generator.CountTokens(message.Content)
	}
	if tokens > maxPromptTokens {
		return 0, wrong("/messages", "have %d tokens: this model reads %d at most", tokens, maxPromptTokens)
	}
	return tokens, nil
}

// reply is an answer that is being made.
type reply struct {
	text         *model.Text
	maxTokens    int
	stop         []string
	promptTokens int
	tokens       int
	finish       string // why it ended
}

// pieces makes the answer token by token.
func (r *reply) pieces() iter.Seq[string] {
	return func(yield func(string) bool) {
		held := ""
		r.finish = "length"
		for r.tokens < r.maxTokens {
			token, ok := r.text.Next()
			if !ok {
				r.finish = "stop"
				break
			}
			r.tokens++
			held += token
			if at := indexOfAny(held, r.stop); at >= 0 {
				r.finish = "stop"
				held = held[:at]
				break
			}
			ready := len(held) - openEnd(held, r.stop)
			if ready > 0 && !yield(held[:ready]) {
				return
			}
			held = held[ready:]
		}
		if held != "" {
			yield(held)
		}
	}
}

// indexOfAny returns where the first of the stops begins in the text, or -1.
func indexOfAny(text string, stops []string) int {
	first := -1
	for _, stop := range stops {
		if at := strings.Index(text, stop); at >= 0 && (first < 0 || at < first) {
			first = at
		}
	}
	return first
}

// openEnd returns how many bytes at the end of the text may be the beginning of a stop: they must not be
// sent before it is known.
func openEnd(text string, stops []string) int {
	longest := 0
	for _, stop := range stops {
		for n := min(len(stop)-1, len(text)); n > longest; n-- {
			if strings.HasSuffix(text, stop[:n]) {
				longest = n
			}
		}
	}
	return longest
}

func (r *reply) usage() *usage {
	return &usage{PromptTokens: r.promptTokens, CompletionTokens: r.tokens, TotalTokens: r.promptTokens + r.tokens}
}

// whole makes the answer at once.
func (r *reply) whole(answer completion) completion {
	var text strings.Builder
	for piece := range r.pieces() {
		text.WriteString(piece)
	}
	answer.Object = "chat.completion"
	answer.Choices = []choice{{Message: &chatMessage{Role: roleAssistant, Content: text.String()}, FinishReason: &r.finish}}
	answer.Usage = r.usage()
	return answer
}

// events makes the answer a chunk at a time. The last one says why it ended, and what it took.
func (r *reply) events(head completion) iter.Seq[any] {
	head.Object = "chat.completion.chunk"
	return func(yield func(any) bool) {
		role := roleAssistant
		for piece := range r.pieces() {
			chunk := head
			chunk.Choices = []choice{{Delta: &chatMessage{Role: role, Content: piece}}}
			if !yield(chunk) {
				return
			}
			role = ""
		}
		head.Choices = []choice{{Delta: &chatMessage{Role: role}, FinishReason: &r.finish}}
		head.Usage = r.usage()
		yield(head)
	}
}
