package python

// expr is an expression; where it stands is for tracebacks.
type expr interface{ place() span }

// place lets every node carry its span.
func (s span) place() span { return s }

type (
	nameExpr struct {
		span
		id string
	}
	constExpr struct {
		span
		value any
	}
	// fstringExpr is an f-string: texts and fields in turn.
	fstringExpr struct {
		span
		parts []fpart
	}
	listExpr struct {
		span
		kind  string // "list", "tuple", "set"
		items []expr
	}
	dictExpr struct {
		span
		keys, values []expr // a nil key is **mapping
	}
	// compExpr is a comprehension; a generator is evaluated at once.
	compExpr struct {
		span
		kind      string // "list", "set", "dict", "generator"
		item, key expr
		fors      []compFor
	}
	unaryExpr struct {
		span
		op string
		x  expr
	}
	binaryExpr struct {
		span
		op          string
		left, right expr
	}
	boolExpr struct {
		span
		op          string
		left, right expr
	}
	compareExpr struct {
		span
		left   expr
		ops    []string
		rights []expr
	}
	callExpr struct {
		span
		fn   expr
		args []argument
	}
	attrExpr struct {
		span
		x    expr
		name string
	}
	indexExpr struct {
		span
		x, index expr
	}
	sliceExpr struct {
		span
		low, high, step expr
	}
	lambdaExpr struct {
		span
		fn *functionCode
	}
	ifExpr struct {
		span
		test, yes, no expr
	}
	starExpr struct {
		span
		x expr
	}
	walrusExpr struct {
		span
		name string
		x    expr
	}
)

type fpart struct {
	text   string
	x      expr // nil for text
	conv   string
	format []fpart
	debug  string // "x=" of f"{x=}"
}

type compFor struct {
	target, in expr
	conds      []expr
}

type argument struct {
	name string // keyword
	star string // "", "*", "**"
	x    expr
}

// functionCode is a function as written.
type functionCode struct {
	name       string
	params     []param
	star       string // *args
	starStar   string // **kwargs
	body       []stmt
	result     expr // of a lambda
	decorators []expr
	globals    map[string]bool
	nonlocals  map[string]bool
}

type param struct {
	name      string
	byName    bool   // keyword only
	hint      string // the type after the colon, if it is a plain name
	otherwise expr
}

// stmt is a statement.
type stmt interface{ place() span }

type (
	exprStmt struct {
		span
		x expr
	}
	assignStmt struct {
		span
		targets []expr
		value   expr
	}
	augStmt struct {
		span
		target expr
		op     string
		value  expr
	}
	returnStmt struct {
		span
		value expr
	}
	raiseStmt struct {
		span
		x, from expr
	}
	ifStmt struct {
		span
		test      expr
		then, els []stmt
	}
	whileStmt struct {
		span
		test      expr
		body, els []stmt
	}
	forStmt struct {
		span
		target, in expr
		body, els  []stmt
	}
	tryStmt struct {
		span
		body, els, finally []stmt
		handlers           []handler
	}
	withStmt struct {
		span
		items []withItem
		body  []stmt
	}
	defStmt struct {
		span
		fn *functionCode
	}
	classStmt struct {
		span
		name       string
		bases      []expr
		body       []stmt
		decorators []expr
	}
	importStmt struct {
		span
		module string
		as     string
		from   bool
		names  []importName
	}
	simpleStmt struct {
		span
		word string // pass, break, continue
	}
	scopeStmt struct {
		span
		word  string // global, nonlocal
		names []string
	}
	delStmt struct {
		span
		targets []expr
	}
	assertStmt struct {
		span
		test, message expr
	}
)

type handler struct {
	kind expr // nil catches everything
	name string
	body []stmt
}

type withItem struct {
	x      expr
	target expr
}

type importName struct{ name, as string }
