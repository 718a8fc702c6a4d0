package controllers

import (
	"math"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
)

// advice is a number that was right at a time: a size that was once computed, or how
// many pods came or went.
type advice struct {
	at time.Time
	n  int32
}

// What the controller does where spec.behavior does not say otherwise (v1.37.2): up at
// once, by 4 pods or to the double in 15 seconds; down when all that was computed in
// five minutes allows it.
const (
	downWindow   = 5 * time.Minute
	policyPeriod = 15
	upPods       = 4
)

// scalingRules are those of one direction, complete.
type scalingRules struct {
	window   time.Duration
	policies []autoscalingv2.HPAScalingPolicy
	choose   autoscalingv2.ScalingPolicySelect
}

// rules fill in what a behavior leaves out.
func rules(r *autoscalingv2.HPAScalingRules, window time.Duration, policies ...autoscalingv2.HPAScalingPolicy) scalingRules {
	full := scalingRules{window, policies, autoscalingv2.MaxChangePolicySelect}
	if r == nil {
		return full
	}
	if r.StabilizationWindowSeconds != nil {
		full.window = time.Duration(*r.StabilizationWindowSeconds) * time.Second
	}
	if len(r.Policies) > 0 {
		full.policies = r.Policies
	}
	if r.SelectPolicy != nil {
		full.choose = *r.SelectPolicy
	}
	return full
}

func (l *scaling) behavior() (up, down scalingRules) {
	var b autoscalingv2.HorizontalPodAutoscalerBehavior
	if l.h.Spec.Behavior != nil {
		b = *l.h.Spec.Behavior
	}
	double := autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PercentScalingPolicy, Value: 100, PeriodSeconds: policyPeriod}
	four := autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PodsScalingPolicy, Value: upPods, PeriodSeconds: policyPeriod}
	return rules(b.ScaleUp, 0, four, double), rules(b.ScaleDown, downWindow, double)
}

// within is the size that the rules allow, between the limits.
func (l *scaling) within(now, want, low, high int32) int32 {
	up, down := l.behavior()
	steady := l.steady(now, want, up, down)
	if steady != want {
		reason, message := "ScaleDownStabilized", "recent recommendations were higher than current one, applying the highest recent recommendation"
		if want >= now {
			reason, message = "ScaleUpStabilized", "recent recommendations were lower than current one, applying the lowest recent recommendation"
		}
		l.condition(autoscalingv2.AbleToScale, true, reason, message)
	} else {
		l.condition(autoscalingv2.AbleToScale, true, "ReadyForNewScale", "recommended size matches current size")
	}
	most, mostReason, mostMessage := high, "TooManyReplicas", "the desired replica count is more than the maximum replica count"
	if limit := l.upLimit(now, up); limit < high {
		most, mostReason, mostMessage = limit, "ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate"
	}
	least, leastReason, leastMessage := low, "TooFewReplicas", "the desired replica count is less than the minimum replica count"
	if limit := l.downLimit(now, down); limit > low {
		least, leastReason, leastMessage = limit, "ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate"
	}
	switch {
	case steady > most:
		l.condition(autoscalingv2.ScalingLimited, true, mostReason, mostMessage)
		return most
	case steady < least:
		l.condition(autoscalingv2.ScalingLimited, true, leastReason, leastMessage)
		return least
	}
	l.condition(autoscalingv2.ScalingLimited, false, "DesiredWithinRange", "the desired count is within the acceptable range")
	return steady
}

// steady waits until all that was computed within the window of the direction agrees:
// the lowest for more pods, the highest for fewer.
func (l *scaling) steady(now, want int32, up, down scalingRules) int32 {
	at := l.s.Clock.Now()
	result := want
	kept := []advice{{at, want}}
	for _, a := range l.memory.advice {
		age := at.Sub(a.at)
		if age <= max(up.window, down.window) {
			kept = append(kept, a)
		}
		switch {
		case want >= now && age < up.window:
			result = min(result, a.n)
		case want < now && age < down.window:
			result = max(result, a.n)
		}
	}
	l.memory.advice = kept
	return result
}

// changed is how many pods came or went in the last seconds.
func (l *scaling) changed(list []advice, seconds int32) int32 {
	var n int32
	for _, a := range list {
		if l.s.Clock.Now().Sub(a.at) < time.Duration(seconds)*time.Second {
			n += a.n
		}
	}
	return n
}

// upLimit is the largest size that the policies allow now.
func (l *scaling) upLimit(now int32, r scalingRules) int32 {
	if l.h.Spec.Behavior == nil {
		return max(2*now, upPods)
	}
	if r.choose == autoscalingv2.DisabledPolicySelect {
		return now
	}
	var list []int32
	for _, p := range r.policies {
		before := now - l.changed(l.memory.up, p.PeriodSeconds) + l.changed(l.memory.down, p.PeriodSeconds)
		limit := before + p.Value
		if p.Type == autoscalingv2.PercentScalingPolicy {
			limit = int32(math.Ceil(float64(before) * (1 + float64(p.Value)/100)))
		}
		list = append(list, limit)
	}
	return max(pick(list, r.choose == autoscalingv2.MaxChangePolicySelect), now)
}

// downLimit is the smallest size that the policies allow now.
func (l *scaling) downLimit(now int32, r scalingRules) int32 {
	if r.choose == autoscalingv2.DisabledPolicySelect {
		return now
	}
	var list []int32
	for _, p := range r.policies {
		before := now + l.changed(l.memory.down, p.PeriodSeconds) - l.changed(l.memory.up, p.PeriodSeconds)
		limit := before - p.Value
		if p.Type == autoscalingv2.PercentScalingPolicy {
			limit = int32(float64(before) * (1 - float64(p.Value)/100))
		}
		list = append(list, limit)
	}
	return min(pick(list, r.choose == autoscalingv2.MinChangePolicySelect), now)
}

// pick is the largest or the smallest of a list.
func pick(list []int32, largest bool) int32 {
	result := list[0]
	for _, n := range list[1:] {
		if largest == (n > result) {
			result = n
		}
	}
	return result
}
