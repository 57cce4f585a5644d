"""heyoka's Taylor integrator of one Izhikevich neuron: a terminal event at the peak, the reset in its callback."""

from problem import INPUT, PEAK, START


def neuron(hy, parameters, tolerance, current=lambda hy: INPUT):
    """An integrator under `current`, the list its spikes are appended to, and a function that puts both back to the start."""
    a, b, c, d = parameters
    spikes = []

    def reset(ta, sign):
        spikes.append(ta.time)
        ta.state[0] = c
        ta.state[1] += d
        return True

    v, u = hy.make_vars("v", "u")
    event = hy.t_event(v - PEAK, callback=reset, direction=hy.event_direction.positive, cooldown=0.0)
    field = [(v, 0.04 * v * v + 5.0 * v + 140.0 - u + current(hy)), (u, a * (b * v - u))]
    start = [START, START * b]
    ta = hy.taylor_adaptive(field, start, tol=tolerance, t_events=[event])

    def restart():
        spikes.clear()
        ta.time = 0.0
        ta.state[:] = start
        ta.reset_cooldowns()

    return ta, spikes, restart
