package serving

import (
	"encoding/json"
	"strconv"

	"corbel.example/emulator/internal/model"
)

// maxTexts bounds the texts of a request for embeddings.
const maxTexts = 150

// embeddings answers in the form of OpenAI's embeddings API, as Databricks does:
// https://docs.databricks.com/machine-learning/foundation-model-apis/api-reference#embedding-task
type embeddings struct {
	name      string
	embedding *model.Embedding
}

type embeddingItem struct {
	Object    string    `json:"object"`
	Index     int       `json:"index"`
	Embedding []float64 `json:"embedding"`
}

type usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens,omitempty"`
	TotalTokens      int `json:"total_tokens"`
}

func (m *embeddings) Invoke(body []byte) (Answer, error) {
	fields, err := readObject(body)
	if err != nil {
		return Answer{}, err
	}
	texts, err := readTexts(fields["input"])
	if err != nil {
		return Answer{}, err
	}
	data := make([]embeddingItem, len(texts))
	words := 0
	for i, text := range texts {
		data[i] = embeddingItem{Object: "embedding", Index: i, Embedding: m.embedding.Embed(text)}
		words += len(model.Words(text))
	}
	return Answer{Value: map[string]any{
		"object": "list", "model": m.name, "data": data, "usage": usage{PromptTokens: words, TotalTokens: words},
	}}, nil
}

// readTexts reads a text or an array of texts.
func readTexts(raw json.RawMessage) ([]string, error) {
	if raw == nil {
		return nil, wrong("/input", "is missing: send a text or an array of texts")
	}
	var text *string
	if json.Unmarshal(raw, &text) == nil && text != nil {
		return []string{*text}, nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || list == nil {
		return nil, wrong("/input", "must be a string or an array of strings")
	}
	if len(list) == 0 || len(list) > maxTexts {
		return nil, wrong("/input", "has %d texts: send 1 to %d", len(list), maxTexts)
	}
	texts := make([]string, len(list))
	for i, item := range list {
		if kindOf(item) != "string" || json.Unmarshal(item, &texts[i]) != nil {
			return nil, wrong("/input/"+strconv.Itoa(i), "must be a string")
		}
	}
	return texts, nil
}
