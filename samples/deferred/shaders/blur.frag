in vec2 v_at;

uniform sampler2D u_from;
uniform vec2 u_step;

out vec4 o_colour;

// Nine steps of a bell, two at a time between texels.
void main() {
	vec3 c = texture(u_from, v_at).rgb * 0.227;
	c += (texture(u_from, v_at + u_step * 1.385).rgb + texture(u_from, v_at - u_step * 1.385).rgb) * 0.316;
	c += (texture(u_from, v_at + u_step * 3.231).rgb + texture(u_from, v_at - u_step * 3.231).rgb) * 0.070;
	o_colour = vec4(c, 1.0);
}
