in vec2 v_at;

uniform sampler2D u_from;

out vec4 o_colour;

// What blooms: what is brighter than most, so scaled that a byte holds it.
void main() {
	o_colour = vec4(clamp(texture(u_from, v_at).rgb * 0.35 - 0.26, 0.0, 1.0), 1.0);
}
