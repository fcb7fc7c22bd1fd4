package study

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	// maxBytes bounds a study file, maxDepth how deep it nests: both are checked
	// before the text is parsed.
	maxBytes = 4 << 20
	maxDepth = 64
	// maxKeys bounds the keys of one mapping: the library takes time that grows with
	// the square of them.
	maxKeys = 1000
)

// form is what a node of the study's tree is.
type form int

const (
	nothing form = iota // an empty value or null
	plain               // a scalar without quotes
	quoted              // a scalar in quotes, or a block of text
	list
	mapping
)

// node is one value of the study: the library's syntax tree reduced to what
// studies may hold, each with its position.
type node struct {
	form         form
	line, column int
	text         string
	block        bool // the text stands below, its line breaks read as spaces
	items        []*node
	entries      []entry
}

// entry is a key of a mapping and its value.
type entry struct {
	key          string
	line, column int
	value        *node
}

func (n *node) is() string {
	switch n.form {
	case nothing:
		return "nothing"
	case list:
		return "a list"
	case mapping:
		return "a mapping"
	}
	return fmt.Sprintf("%q", clip(n.text, 40))
}

// clip is a text for a message, not too long.
func clip(text string, most int) string {
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most]) + "..."
	}
	return text
}

// within puts an error at a column of the node's text, counted from 0. A block's text does
// not start where its node does.
func (n *node) within(e *Error, column int) {
	if n.block {
		return
	}
	if e.Column += max(0, column); n.form == quoted {
		e.Column++
	}
}

// word reports a text, in quotes or not.
func (n *node) word(text string) bool {
	return (n.form == plain || n.form == quoted) && n.text == text
}

// tree parses YAML into nodes. What studies have no use for (aliases and anchors,
// tags, merge keys, further documents) is refused on the tokens, before anything
// could be expanded or nested. The library may panic on hostile text: that is an
// error like any other.
func tree(file string, data []byte) (root *node, err error) {
	if err := readable(file, data); err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			root, err = nil, &Error{File: file, Line: 1, Column: 1, Message: fmt.Sprintf("not a YAML file: %v", p)}
		}
	}()
	// Editors may begin a file with a byte order mark, which the lexer takes for a letter.
	tokens := lexer.Tokenize(strings.TrimPrefix(string(data), "\ufeff"))
	if err := acceptable(file, tokens); err != nil {
		return nil, err
	}
	parsed, perr := parser.Parse(tokens, 0)
	if perr != nil {
		return nil, syntax(file, perr)
	}
	var body ast.Node
	for _, d := range parsed.Docs {
		if d == nil || d.Body == nil {
			continue
		}
		if _, ok := d.Body.(*ast.CommentGroupNode); ok {
			continue
		}
		if body != nil {
			p := d.Body.GetToken().Position
			return nil, &Error{File: file, Line: p.Line, Column: p.Column, Message: "a second document: a study is one document"}
		}
		body = d.Body
	}
	if body == nil {
		return nil, &Error{File: file, Line: 1, Column: 1, Message: "the study is empty", Hint: "see allot examples for studies to start from"}
	}
	c := converter{file: file}
	return c.node(body)
}

// readable refuses what is not text.
func readable(file string, data []byte) error {
	line, start := 1, 0
	at := func(i int, message, hint string) error {
		return &Error{File: file, Line: line, Column: 1 + utf8.RuneCount(data[start:i]), Message: message, Hint: hint}
	}
	indent := true
	for i := 0; i < len(data); {
		if data[i] >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && size <= 1 {
				return at(i, "not a text file (invalid UTF-8)", "a study is YAML text in UTF-8")
			}
			if r == '\ufeff' && i > 0 || r == '\u0085' || r == '\u2028' || r == '\u2029' {
				return at(i, fmt.Sprintf("unexpected character %U", r), "")
			}
			i += size
			indent = false
			continue
		}
		switch b := data[i]; {
		case b == '\n':
			line, start, indent = line+1, i+1, true
		case b == '\t' && indent:
			return at(i, "a tab in the indentation", "YAML is indented with spaces")
		case b == '\r' && i+1 < len(data) && data[i+1] == '\n', b == '\t', b == ' ':
		case b < ' ' || b == 0x7f:
			return at(i, fmt.Sprintf("not a text file (byte 0x%02x)", b), "a study is YAML text in UTF-8")
		default:
			indent = false
		}
		i++
		if i > maxBytes {
			return at(i, fmt.Sprintf("the study is larger than %d MiB", maxBytes>>20), "agents that are alike can be given once, with a count")
		}
	}
	return nil
}

// level is an open level of nesting: where its lines start, for blocks, and how many
// keys it has had.
type level struct{ column, keys int }

// acceptable refuses tokens that studies have no use for, nesting that is too deep
// for a parser that recurses, and mappings that are too long for it.
func acceptable(file string, tokens token.Tokens) error {
	blocks := []level{{}}
	var flows []level
	line, content, ended := 0, false, false
	var dash *token.Position // of the last token, where that was a dash
	for _, t := range tokens {
		at := func(message, hint string) error {
			return &Error{File: file, Line: t.Position.Line, Column: max(1, t.Position.Column), Message: message, Hint: hint}
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return at("anchors, aliases and merge keys are not taken in studies", "write the value out; agents that are alike can be given once, with a count")
		case token.TagType, token.DirectiveType:
			return at("tags and directives are not taken in studies", "")
		case token.InvalidType:
			return at(lower(t.Error), "")
		case token.DocumentHeaderType:
			if content {
				return at("a second document: a study is one document", "")
			}
			continue
		case token.DocumentEndType:
			ended = true
			continue
		case token.CommentType, token.SpaceType:
			continue
		}
		if ended {
			return at("a second document: a study is one document", "")
		}
		content = true
		if dash != nil && t.Position.Line > dash.Line && t.Position.Column <= dash.Column {
			return &Error{File: file, Line: dash.Line, Column: dash.Column, Message: "an entry of a list with nothing in it"}
		}
		if dash = nil; t.Type == token.SequenceEntryType {
			dash = t.Position
		}
		entry := t.Type == token.SequenceEntryType || t.Type == token.MappingKeyType
		if column := t.Position.Column; len(flows) == 0 && (t.Position.Line != line || entry) {
			for blocks[len(blocks)-1].column > column {
				blocks = blocks[:len(blocks)-1]
			}
			top := &blocks[len(blocks)-1]
			switch {
			case top.column < column:
				blocks = append(blocks, level{column: column})
			case t.Type == token.SequenceEntryType: // a new mapping may start behind the dash
				top.keys = 0
			}
		}
		line = t.Position.Line
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flows = append(flows, level{})
		case token.SequenceEndType, token.MappingEndType:
			flows = flows[:max(0, len(flows)-1)]
		case token.MappingValueType:
			top := &blocks[len(blocks)-1]
			if len(flows) > 0 {
				top = &flows[len(flows)-1]
			}
			if top.keys++; top.keys > maxKeys {
				return at(fmt.Sprintf("more than %d keys in a mapping", maxKeys), "")
			}
		}
		if len(flows)+len(blocks)-1 > maxDepth {
			return at(fmt.Sprintf("nested more than %d levels deep", maxDepth), "")
		}
	}
	return nil
}

// syntax turns the library's error into ours. Its text is not asked for where its
// parts can be had: it draws the source, in time that grows with the square of it.
func syntax(file string, err error) error {
	e := &Error{File: file, Line: 1, Column: 1}
	located, ok := err.(interface {
		GetToken() *token.Token
		GetMessage() string
	})
	if !ok {
		e.Message = "not a YAML file: " + lower(strings.SplitN(err.Error(), "\n", 2)[0])
		return e
	}
	e.Message = clip(lower(strings.SplitN(located.GetMessage(), "\n", 2)[0]), 200)
	if t := located.GetToken(); t != nil && t.Position != nil {
		e.Line, e.Column = max(1, t.Position.Line), max(1, t.Position.Column)
	}
	if strings.HasPrefix(e.Message, "mapping key ") && strings.Contains(e.Message, "already defined") {
		e.Hint = "each key is given once"
	}
	return e
}

func lower(s string) string {
	if s == "" {
		return "not a YAML file"
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// converter turns the library's syntax tree into nodes.
type converter struct{ file string }

func (c *converter) fail(t *token.Token, format string, args ...any) error {
	e := &Error{File: c.file, Line: 1, Column: 1, Message: fmt.Sprintf(format, args...)}
	if t != nil && t.Position != nil {
		e.Line, e.Column = max(1, t.Position.Line), max(1, t.Position.Column)
	}
	return e
}

func (c *converter) node(a ast.Node) (*node, error) {
	t := a.GetToken()
	n := &node{line: 1, column: 1}
	if t != nil && t.Position != nil {
		n.line, n.column = max(1, t.Position.Line), max(1, t.Position.Column)
	}
	switch a := a.(type) {
	case *ast.NullNode:
		return n, nil
	case *ast.StringNode:
		n.form, n.text = plain, a.Value
		if t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType {
			n.form = quoted
		}
		return n, nil
	case *ast.LiteralNode:
		n.form, n.block = quoted, true
		n.text = strings.TrimSpace(strings.ReplaceAll(a.Value.Value, "\n", " "))
		return n, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		n.form, n.text = plain, t.Value
		return n, nil
	case *ast.SequenceNode:
		n.form = list
		n.items = make([]*node, 0, len(a.Values))
		for _, v := range a.Values {
			item, err := c.node(v)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
		return n, nil
	case *ast.MappingNode:
		return c.mapping(n, a.Values)
	case *ast.MappingValueNode:
		return c.mapping(n, []*ast.MappingValueNode{a})
	}
	return nil, c.fail(t, "a %s is not taken in studies", strings.ToLower(a.Type().String()))
}

func (c *converter) mapping(n *node, values []*ast.MappingValueNode) (*node, error) {
	n.form = mapping
	n.entries = make([]entry, 0, len(values))
	seen := make(map[string]int, len(values))
	for i, v := range values {
		t := v.Key.GetToken()
		var key string
		switch v.Key.(type) {
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
			key = t.Value
		default:
			return nil, c.fail(t, "expected a key, found a %s", strings.ToLower(v.Key.Type().String()))
		}
		if i == 0 && n.form == mapping {
			if p := t.Position; p != nil && (n.line != p.Line || n.column > p.Column) {
				n.line, n.column = max(1, p.Line), max(1, p.Column)
			}
		}
		if first, ok := seen[key]; ok {
			return nil, c.fail(t, "the key %q appears twice: first on line %d", clip(key, 40), first)
		}
		seen[key] = t.Position.Line
		value, err := c.node(v.Value)
		if err != nil {
			return nil, err
		}
		if value.form == nothing && value.line == 1 && value.column == 1 {
			value.line, value.column = t.Position.Line, t.Position.Column
		}
		n.entries = append(n.entries, entry{key: key, line: t.Position.Line, column: t.Position.Column, value: value})
	}
	return n, nil
}
