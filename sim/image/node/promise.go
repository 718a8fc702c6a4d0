package node

import (
	"iter"
	"slices"
	"time"
)

// promise is the state of a Promise object.
type promise struct {
	settled, failed bool
	value           any
	then            []func()
}

func newPromise() (*object, *promise) {
	s := &promise{}
	return &object{class: "Promise", data: s}, s
}

func (r *runtime) settle(s *promise, v any, failed bool) {
	if s.settled {
		return
	}
	if inner, ok := v.(*object); ok && !failed {
		if other, ok := inner.data.(*promise); ok && inner.class == "Promise" && other != s {
			r.whenSettled(other, func() { r.settle(s, other.value, other.failed) })
			return
		}
	}
	s.settled, s.failed, s.value = true, failed, v
	waiting := s.then
	s.then = nil
	r.jobs = append(r.jobs, waiting...)
	if failed && len(waiting) == 0 {
		r.jobs = append(r.jobs, func() {
			if len(s.then) == 0 && !s.watched() {
				panic(&thrown{v})
			}
		})
	}
}

// watched marks and tells that somebody looks after a failure.
func (s *promise) watched() bool { return s.then != nil }

func (r *runtime) whenSettled(s *promise, fn func()) {
	if s.settled {
		r.jobs = append(r.jobs, fn)
		s.then = []func(){} // a failure is looked after
		return
	}
	s.then = append(s.then, fn)
}

// resolved is a promise that has its value already.
func (r *runtime) resolved(v any) *object {
	if o, ok := v.(*object); ok && o.class == "Promise" {
		return o
	}
	o, s := newPromise()
	r.settle(s, v, false)
	return o
}

func (r *runtime) rejected(v any) *object {
	o, s := newPromise()
	r.settle(s, v, true)
	return o
}

// later makes a promise of what fn returns or throws now.
func (r *runtime) later(fn func() any) *object {
	o, s := newPromise()
	_, v, failed := r.attempt(func() (done, any) { return normal, fn() })
	if failed != nil {
		r.settle(s, failed.value, true)
	} else {
		r.settle(s, v, false)
	}
	return o
}

// task is an async function that has begun: a coroutine that stops at await.
type task struct {
	next   func() (*promise, bool)
	stop   func()
	yield  func(*promise) bool
	calls  []frame
	result *promise
}

// async runs the body of an async function up to its first await, and the rest
// when what it awaits is there.
func (r *runtime) async(body func() any) *object {
	o, result := newPromise()
	t := &task{result: result}
	t.next, t.stop = iter.Pull(func(yield func(*promise) bool) {
		t.yield = yield
		defer func() {
			if t := recover(); t != nil {
				if _, ok := t.(cancelled); !ok {
					panic(t)
				}
			}
		}()
		_, v, failed := r.attempt(func() (done, any) { return normal, body() })
		if failed != nil {
			r.settle(result, failed.value, true)
		} else {
			r.settle(result, v, false)
		}
	})
	r.advance(t)
	return o
}

// cancelled unwinds an async function whose program has ended.
type cancelled struct{}

// advance lets a task run until it awaits again or is done.
func (r *runtime) advance(t *task) {
	calls := r.calls
	r.waiting = append(r.waiting, t)
	r.inTask++
	if t.calls != nil {
		r.calls = slices.Clone(t.calls)
	}
	on, alive := t.next()
	t.calls, r.calls = r.calls, calls
	r.inTask--
	r.forget(t)
	if alive {
		r.waiting = append([]*task{t}, r.waiting...)
		r.whenSettled(on, func() {
			r.forget(t)
			r.advance(t)
		})
	}
}

func (r *runtime) forget(t *task) {
	r.waiting = slices.DeleteFunc(r.waiting, func(o *task) bool { return o == t })
}

// current is the task that runs: the last one that was advanced.
func (r *runtime) current() *task {
	if r.inTask == 0 || len(r.waiting) == 0 {
		return nil
	}
	return r.waiting[len(r.waiting)-1]
}

// cancel ends the tasks that still wait, when the program is over.
func (r *runtime) cancel() {
	for len(r.waiting) > 0 {
		t := r.waiting[0]
		r.waiting = r.waiting[1:]
		t.stop()
	}
}

// await waits for a promise: inside of an async function the coroutine stops,
// at the top of a module the event loop goes on.
func (r *runtime) await(v any) any {
	o, ok := v.(*object)
	if !ok || o.class != "Promise" {
		return v
	}
	s, _ := o.data.(*promise)
	if t := r.current(); t != nil {
		line, col, file := r.line, r.col, r.file0
		if !t.yield(s) {
			panic(cancelled{})
		}
		r.line, r.col, r.file0 = line, col, file
	} else {
		r.until(s)
	}
	if s.failed {
		panic(&thrown{s.value})
	}
	return s.value
}

// until runs the event loop until a promise is settled.
func (r *runtime) until(s *promise) {
	s.then = append(s.then, func() {})
	for {
		r.drain()
		if s.settled {
			return
		}
		next := r.nextTimer(func(*timer) bool { return true })
		switch now := r.process.Now(); {
		case next != nil && !next.due.After(now):
			r.fire(next)
		case r.request && next != nil && next.due.Sub(now) < 2*time.Minute:
			r.delay = max(r.delay, next.due.Sub(now))
			r.fire(next)
		case r.request:
			panic(hang{})
		case next != nil:
			r.process.SleepUntil(next.due.Sub(now), r.wake)
		case r.sockets > 0:
			r.process.Wait(r.wake)
		default:
			r.process.Errorf("Warning: Detected unsettled top-level await at %s\n", r.main)
			panic(quit{13})
		}
	}
}

// promiseMethod is then, catch and finally.
func (r *runtime) promiseMethod(o *object, name string) any {
	s, ok := o.data.(*promise)
	if !ok {
		return nil
	}
	switch name {
	case "then":
		return newFunction(name, func(r *runtime, _ any, a []any) any { return r.chainPromise(s, argument(a, 0), argument(a, 1)) })
	case "catch":
		return newFunction(name, func(r *runtime, _ any, a []any) any { return r.chainPromise(s, nil, argument(a, 0)) })
	case "finally":
		return newFunction(name, func(r *runtime, _ any, a []any) any {
			run := func(failed bool) *object {
				return newFunction("", func(r *runtime, _ any, v []any) any {
					r.apply(argument(a, 0), nil, nil)
					if failed {
						panic(&thrown{argument(v, 0)})
					}
					return argument(v, 0)
				})
			}
			return r.chainPromise(s, run(false), run(true))
		})
	}
	return nil
}

func (r *runtime) chainPromise(s *promise, good, bad any) *object {
	o, next := newPromise()
	r.whenSettled(s, func() {
		handler := good
		if s.failed {
			handler = bad
		}
		if !isFunction(handler) {
			r.settle(next, s.value, s.failed)
			return
		}
		_, v, failed := r.attempt(func() (done, any) { return normal, r.apply(handler, nil, []any{s.value}) })
		if failed != nil {
			r.settle(next, failed.value, true)
		} else {
			r.settle(next, v, false)
		}
	})
	return o
}

// promiseClass is Promise itself.
func (r *runtime) promiseClass() *object {
	p := newFunction("Promise", func(r *runtime, _ any, a []any) any {
		o, s := newPromise()
		end := func(failed bool) *object {
			return newFunction("", func(r *runtime, _ any, v []any) any {
				r.settle(s, argument(v, 0), failed)
				r.wake.Broadcast()
				return nil
			})
		}
		_, _, failed := r.attempt(func() (done, any) { return normal, r.apply(argument(a, 0), nil, []any{end(false), end(true)}) })
		if failed != nil {
			r.settle(s, failed.value, true)
		}
		return o
	})
	p.method("resolve", func(r *runtime, _ any, a []any) any { return r.resolved(argument(a, 0)) })
	p.method("reject", func(r *runtime, _ any, a []any) any { return r.rejected(argument(a, 0)) })
	p.method("all", func(r *runtime, _ any, a []any) any { return r.allPromises(r.iterate(argument(a, 0)), false) })
	p.method("allSettled", func(r *runtime, _ any, a []any) any { return r.allPromises(r.iterate(argument(a, 0)), true) })
	p.method("race", func(r *runtime, _ any, a []any) any {
		o, s := newPromise()
		for _, v := range r.iterate(argument(a, 0)) {
			one := r.resolved(v).data.(*promise)
			r.whenSettled(one, func() { r.settle(s, one.value, one.failed) })
		}
		return o
	})
	return p
}

func (r *runtime) allPromises(list []any, settled bool) *object {
	o, s := newPromise()
	values, left := make([]any, len(list)), len(list)
	if left == 0 {
		r.settle(s, newArray(), false)
	}
	for i, v := range list {
		one := r.resolved(v).data.(*promise)
		r.whenSettled(one, func() {
			values[i] = one.value
			if settled {
				e := newObject()
				if one.failed {
					e.set("status", "rejected")
					e.set("reason", one.value)
				} else {
					e.set("status", "fulfilled")
					e.set("value", one.value)
				}
				values[i] = e
			} else if one.failed {
				r.settle(s, one.value, true)
			}
			if left--; left == 0 {
				r.settle(s, newArray(values...), false)
			}
		})
	}
	return o
}
