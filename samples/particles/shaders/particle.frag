in vec2 v_at;
in vec2 v_noise;
in vec4 v_colour;
flat in float v_light;

uniform sampler2D u_noise;

out vec4 o_colour;

void main() {
	float soft = max(1.0 - dot(v_at, v_at), 0.0);
	float billow = texture(u_noise, v_noise).r;
	float smoke = clamp(soft * 1.6, 0.0, 1.0) * clamp(billow * 3.2 - 1.25 + soft * 0.9, 0.0, 1.0);
	float much = mix(smoke, soft * soft * soft, v_light);
	// Billows that stand out are brighter.
	float shade = mix(billow * billow * 3.4, 1.0, v_light);
	// Blending works on what the screen gets; what is no smoke only adds.
	vec3 c = screen(v_colour.rgb * shade) * mix(v_colour.a, 1.0, v_light);
	o_colour = vec4(c, v_colour.a) * much;
}
