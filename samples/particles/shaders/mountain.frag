in vec3 v_world;
in vec3 v_normal;
in float v_hot;

uniform sampler2D u_noise;
uniform vec3 u_glow; // of the crater now

out vec4 o_colour;

void main() {
	vec3 n = normalize(v_normal);
	float grain = texture(u_noise, v_world.xz * 0.7 + v_world.y * 0.13).r;
	vec3 rock = mix(vec3(0.035, 0.032, 0.036), vec3(0.10, 0.088, 0.082), grain);
	vec3 c = rock * (vec3(0.13, 0.16, 0.27) * (n.y * 0.5 + 0.5) + vec3(1.5, 0.6, 0.26) * max(dot(n, west), 0.0));
	// The crater lights what turns to it.
	vec3 to = vec3(0.0, 6.2, 0.0) - v_world;
	float d2 = dot(to, to);
	c += rock * u_glow * (max(dot(n, to) * inversesqrt(d2) + 0.25, 0.0) * 17.0 / (1.5 + d2));
	float hot = v_hot * (0.6 + 0.8 * grain);
	c += vec3(2.4, 0.42, 0.05) * hot * hot;
	o_colour = vec4(screen(c), 1.0);
}
