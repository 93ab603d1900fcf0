in vec2 v_at;

uniform sampler2D u_light;
uniform sampler2D u_bloom;

out vec4 o_colour;

void main() {
	vec3 c = texelFetch(u_light, ivec2(gl_FragCoord.xy), 0).rgb + texture(u_bloom, v_at).rgb * 2.2;
	vec2 off = v_at - 0.5;
	c *= 1.25 - dot(off, off) * 0.9;
	// Bright light goes over into white.
	c = c * (1.0 + c * 0.25) / (1.0 + c);
	o_colour = vec4(sqrt(c * 1.12), 1.0);
}
