in vec2 v_at;

uniform sampler2D u_from;
uniform vec2 u_step;
uniform vec2 u_least; // what is darker does not bloom; share of the rest

out vec4 o_colour;

vec3 bright(vec2 at) {
	return clamp((texture(u_from, at).rgb - u_least.x) * u_least.y, 0.0, 1.0);
}

// Nine steps of a bell, two at a time between texels.
void main() {
	vec3 c = bright(v_at) * 0.227;
	c += (bright(v_at + u_step * 1.385) + bright(v_at - u_step * 1.385)) * 0.316;
	c += (bright(v_at + u_step * 3.231) + bright(v_at - u_step * 3.231)) * 0.070;
	o_colour = vec4(c, 1.0);
}
